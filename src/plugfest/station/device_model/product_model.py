"""The device model of a product: its controllers, and its station, EVSEs and connectors (Part 2 section 2.13)."""

from collections.abc import Iterator

import msgspec

from plugfest.hardware.ports import Hardware
from plugfest.products import Connector, Evse, Product
from plugfest.station.device_model.measured import MEASURED, measured_by
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.standard import claims, controller_variables
from plugfest.station.device_model.values import encoded_public_key
from plugfest.station.device_model.variables import Address, Characteristics, Component, DataType, Mutability, Variable
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.storage.store import Store

AVAILABILITY_STATES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")

MODEL_LENGTH = 20
"""Maximum length of the model in BootNotification."""

VENDOR_LENGTH = 50
"""Maximum length of the name of the vendor in BootNotification."""

MONITORED = frozenset({"AvailabilityState", "Problem", *(each.name for each in MEASURED)})
"""The variables of the hardware that can be monitored."""

_BOOLEAN = Characteristics(DataType.BOOLEAN)
_INTEGER = Characteristics(DataType.INTEGER)
_TEXT = Characteristics(DataType.STRING)
_AVAILABILITY = Characteristics(DataType.OPTION_LIST, values=AVAILABILITY_STATES)


def build_device_model(product: Product, hardware: Hardware, store: Store) -> DeviceModel:
    """The variables that the product has, with the values in the store."""
    evses = (variable for evse in product.evses for variable in _evse(product, evse, hardware))
    variables = [*controller_variables(product), *_station(product), *evses]
    if product.has_monitoring:
        variables = [_with_monitoring(product, each) for each in variables]
    return DeviceModel(variables, store)


def _with_monitoring(product: Product, variable: Variable) -> Variable:
    """The variable; with monitors, if the product supports them for it."""
    if not _is_monitored(product, variable):
        return variable
    supporting = msgspec.structs.replace(variable.characteristics, supports_monitoring=True)
    return msgspec.structs.replace(variable, characteristics=supporting)


def _is_monitored(product: Product, variable: Variable) -> bool:
    """Whether it is a state or a measured value of the hardware, or a setting."""
    if variable.mutability is Mutability.WRITE_ONLY:
        return claims(product, "AQ-10")
    if variable.mutability is Mutability.READ_ONLY:
        return variable.address.variable in MONITORED
    return True


def _station(product: Product) -> Iterator[Variable]:
    station = Component("ChargingStation")
    phases = max((evse.phases for evse in product.evses), default=0)
    yield from _common(station, phases)
    yield _constant(station, "Model", _TEXT, product.model[:MODEL_LENGTH])
    yield _constant(station, "VendorName", _TEXT, product.vendor[:VENDOR_LENGTH])
    yield _reported(station, "SerialNumber", _TEXT, "", persistent=True)
    yield _reported(station, "FirmwareVersion", _TEXT, product.firmware_version, persistent=True)
    if has_capability(product, Capability.DISPLAY_MESSAGES):
        yield _constant(Component("Display"), "Available", _BOOLEAN, "true")  # O01.FR.21


def _evse(product: Product, evse: Evse, hardware: Hardware) -> Iterator[Variable]:
    component = Component("EVSE", None, evse.id)
    yield from _common(component, evse.phases)
    for measured in measured_by(hardware.evses[evse.id], monitoring=product.has_monitoring):
        address, characteristics = measured.address(evse.id), measured.characteristics(hardware.evses[evse.id])
        yield _reported(address.component, address.variable, characteristics, "0.0")
    if has_capability(product, Capability.RESETS_EVSES):
        yield _constant(component, "AllowReset", _BOOLEAN, "true")  # B11.FR.10
    public_key = hardware.evses[evse.id].meter.public_key
    if public_key is not None:  # application note on signed meter values, section 4.3.2
        yield _constant(Component("FiscalMetering", None, evse.id), "PublicKey", _TEXT, encoded_public_key(public_key))
    for connector in evse.connectors:
        yield from _connector(evse, connector)
        if hardware.evses[evse.id].connectors[connector.id].retention_lock is not None:
            lock = Component("ConnectorPlugRetentionLock", None, evse.id, connector.id)
            yield _reported(lock, "Problem", _BOOLEAN, "false")  # G05.FR.02


def _connector(evse: Evse, connector: Connector) -> Iterator[Variable]:
    component = Component("Connector", None, evse.id, connector.id)
    yield from _common(component, evse.phases)
    yield _constant(component, "ConnectorType", _TEXT, connector.type)


def _common(component: Component, phases: int) -> Iterator[Variable]:
    yield _constant(component, "Available", _BOOLEAN, "true")
    yield _reported(component, "AvailabilityState", _AVAILABILITY, "Available")
    yield _reported(component, "Problem", _BOOLEAN, "false")
    yield _constant(component, "SupplyPhases", _INTEGER, str(phases))


def _constant(component: Component, name: str, characteristics: Characteristics, value: str) -> Variable:
    return Variable(Address(component, name), characteristics, Mutability.READ_ONLY, value, constant=True)


def _reported(
    component: Component, name: str, characteristics: Characteristics, value: str, *, persistent: bool = False
) -> Variable:
    return Variable(Address(component, name), characteristics, Mutability.READ_ONLY, value, persistent=persistent)
