"""Fits out a product: virtual hardware as its PICS claims it."""

from plugfest.hardware.virtual.spec import ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.products import Connector, Evse, Product

_AC_POWER_PER_PHASE = 230.0 * 32.0
_DC_POWER = 150_000.0


def virtual_hardware(product: Product) -> VirtualHardware:
    """New hardware for one station of this product."""
    return VirtualHardware(
        StationSpec(
            evses=tuple(_evse(product, evse) for evse in product.evses),
            display=product.limit("HFS-12") != 0,
        )
    )


def _evse(product: Product, evse: Evse) -> EvseSpec:
    return EvseSpec(
        connectors=tuple(_connector(product, connector) for connector in evse.connectors),
        phases=evse.phases,
        max_power=_max_power(product, evse),
        bay_sensor=product.supports("C-09.6") or product.supports("C-10.5"),
        signing_meter=product.supports("C-42"),
        tells_state_of_charge=evse.current == "DC" or _claims_state_of_charge(product),
    )


def _connector(product: Product, connector: Connector) -> ConnectorSpec:
    fixed = connector.cable == "Fixed Cable"
    return ConnectorSpec(
        fixed_cable=fixed,
        retention_lock=not fixed and product.answers("AQ-18") is not False,
        access_lock=bool(product.answers("AQ-2")),
    )


def _max_power(product: Product, evse: Evse) -> float:
    if evse.phases:
        return evse.phases * _AC_POWER_PER_PHASE
    kilowatts = product.limit("HFS-11")  # the PICS counts in kW
    return kilowatts * 1000.0 if kilowatts else _DC_POWER


def _claims_state_of_charge(product: Product) -> bool:
    lists = ("C-40.1", "C-40.2", "C-40.3", "C-40.4", "C-40.5")
    return any("SoC" in product.supported_measurands(each) for each in lists)
