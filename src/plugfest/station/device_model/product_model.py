"""The device model of a product: its controllers, and its station, EVSEs and connectors (Part 2 section 2.13)."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from plugfest.hardware import ports
from plugfest.products import Connector, Evse, Product
from plugfest.station.device_model.measured import MEASURED, measured_by
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.standard import claims, controller_variables
from plugfest.station.device_model.values import encoded_public_key
from plugfest.station.device_model.variables import (
    Address,
    Characteristics,
    Component,
    DataType,
    Mutability,
    Variable,
    VariableTable,
)
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.shared import once_per_product
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


class _EvseHardware(NamedTuple):
    """What decides which variables an EVSE has. `locks`: its connectors with a retention lock."""

    phases: int
    max_power: float
    reports_state_of_charge: bool
    has_public_key: bool
    locks: frozenset[int]


def build_device_model(product: Product, hardware: ports.Hardware, store: Store) -> DeviceModel:
    """The variables that the product has, with the values in the store. Stations of the same kind share the table."""
    keys = {evse_id: key for evse_id, evse in hardware.evses.items() if (key := evse.meter.public_key) is not None}
    table = _table(product, tuple((evse_id, _described(evse)) for evse_id, evse in hardware.evses.items()))
    constants = ((_public_key_variable(evse_id), encoded_public_key(key)) for evse_id, key in keys.items())
    return DeviceModel(table, store, constants)


def _described(evse: ports.Evse) -> _EvseHardware:
    return _EvseHardware(
        phases=evse.phases,
        max_power=evse.max_power,
        reports_state_of_charge=evse.reports_state_of_charge,
        has_public_key=evse.meter.public_key is not None,
        locks=frozenset(id for id, connector in evse.connectors.items() if connector.retention_lock is not None),
    )


@once_per_product
def _table(product: Product, hardware: tuple[tuple[int, _EvseHardware], ...]) -> VariableTable:
    of_evse = dict(hardware)
    evses = (variable for evse in product.evses for variable in _evse(product, evse, of_evse[evse.id]))
    variables = [*controller_variables(product), *_station(product), *evses]
    if product.has_monitoring:
        variables = [_with_monitoring(product, each) for each in variables]
    return VariableTable(variables)


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


def _evse(product: Product, evse: Evse, hardware: _EvseHardware) -> Iterator[Variable]:
    component = Component("EVSE", None, evse.id)
    yield from _common(component, evse.phases)
    for measured in measured_by(hardware, monitoring=product.has_monitoring):
        address = measured.address(evse.id)
        yield _reported(address.component, address.variable, measured.characteristics(hardware), "0.0")
    if has_capability(product, Capability.RESETS_EVSES):
        yield _constant(component, "AllowReset", _BOOLEAN, "true")  # B11.FR.10
    if hardware.has_public_key:
        yield _public_key_variable(evse.id)
    for connector in evse.connectors:
        yield from _connector(evse, connector)
        if connector.id in hardware.locks:
            lock = Component("ConnectorPlugRetentionLock", None, evse.id, connector.id)
            yield _reported(lock, "Problem", _BOOLEAN, "false")  # G05.FR.02


def _public_key_variable(evse_id: int) -> Variable:
    """Application note on signed meter values, section 4.3.2. Each meter has its own key."""
    return _constant(Component("FiscalMetering", None, evse_id), "PublicKey", _TEXT, "")


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
