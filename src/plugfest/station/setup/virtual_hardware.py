"""Virtual hardware as the PICS of a product describes it."""

from collections.abc import Callable
from functools import partial

from plugfest.hardware.virtual.ev import Ev
from plugfest.hardware.virtual.spec import PHASE_PAUSE, ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.products import Connector, Evse, Product
from plugfest.station.setup.capabilities import Capability, dc_power, has_capability, measures
from plugfest.station.setup.shared import once_per_product
from plugfest.station.storage.store import Store

_AC_POWER_PER_PHASE = 230.0 * 32.0
_DC_POWER = 150_000.0


def virtual_hardware(product: Product, new_ev: Callable[[], Ev] = Ev) -> VirtualHardware:
    """New hardware for one station of this product; each EV that comes is a `new_ev`."""
    return VirtualHardware(_specification(product), new_ev)


@once_per_product
def _specification(product: Product) -> StationSpec:
    return StationSpec(
        evses=tuple(_evse(product, evse) for evse in product.evses),
        display=has_capability(product, Capability.DISPLAY),
    )


def persist_meter_registers(hardware: VirtualHardware, store: Store) -> None:
    """Restore the meter registers from the store, and store every reading."""
    registers = store.records("meters", float)
    for evse_id, evse in hardware.evses.items():
        evse.meter.resume_from(registers.get(str(evse_id)) or 0.0, partial(registers.put, str(evse_id)))


def save_meter_registers(hardware: VirtualHardware) -> None:
    """Store the meter registers that have changed since the last reading."""
    for evse in hardware.evses.values():
        evse.meter.measure()


def _evse(product: Product, evse: Evse) -> EvseSpec:
    return EvseSpec(
        connectors=tuple(_connector(product, connector) for connector in evse.connectors),
        phases=evse.phases,
        max_power=_max_power(product, evse),
        phase_counts=evse.phase_counts,
        phase_pause=PHASE_PAUSE if evse.phase_pause is None else evse.phase_pause,
        bay_sensor=has_capability(product, Capability.PARKING_BAY_SENSOR),
        signing_meter=has_capability(product, Capability.SIGNS_METER_VALUES),
        reports_state_of_charge=evse.current == "DC" or measures(product, "SoC"),
        communicates=has_capability(product, Capability.HIGH_LEVEL_COMMUNICATION),
    )


def _connector(product: Product, connector: Connector) -> ConnectorSpec:
    fixed = connector.cable == "Fixed Cable"
    return ConnectorSpec(
        fixed_cable=fixed,
        retention_lock=not fixed and has_capability(product, Capability.CABLE_LOCK),
        access_lock=has_capability(product, Capability.ACCESS_LOCK),
    )


def _max_power(product: Product, evse: Evse) -> float:
    if evse.phases:
        return evse.phases * _AC_POWER_PER_PHASE
    return dc_power(product) or _DC_POWER
