"""The measured variables that can be set at a virtual station, and what each is for its hardware."""

from collections.abc import Iterator
from typing import Final

import msgspec

from plugfest.hardware.ports import HardwareError
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.station.device_model.measured import MEASURED, MeasuredVariable

_QUANTITIES: Final = {
    "Power": Quantity.POWER,
    "ACVoltage": Quantity.VOLTAGE,
    "DCVoltage": Quantity.VOLTAGE,
    "ACCurrent": Quantity.CURRENT,
    "DCCurrent": Quantity.CURRENT,
    "EnergyImportRegister": Quantity.ENERGY,
    "StateOfCharge": Quantity.STATE_OF_CHARGE,
    "Temperature": Quantity.TEMPERATURE,
}
"""By variable name."""


class MeasurableValue(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that `set_measured_value` can set, and what is measured now; null: nothing."""

    component: str
    variable: str
    evse_id: int
    unit: str
    value: float | None


def measurable_values(hardware: VirtualHardware) -> list[MeasurableValue]:
    """Every measured variable of the station, by EVSE. It need not be in the device model of the product."""
    return [
        MeasurableValue(
            component=each.component, variable=each.name, evse_id=evse_id, unit=each.unit, value=each.value(evse)
        )
        for evse_id, evse in hardware.evses.items()
        for each in MEASURED
        if each.is_measured(evse)
    ]


def measurable_names(evse: VirtualEvse) -> list[str]:
    """The variables of an EVSE that `set_measured_value` can set, such as "EVSE.Power"."""
    return [f"{each.component}.{each.name}" for each in MEASURED if each.is_measured(evse)]


def set_measured_value(
    hardware: VirtualHardware, component: str, variable: str, evse_id: int | None, value: float | None
) -> None:
    """Make a sensor measure this value; None: what it would measure otherwise.

    Raises HardwareError if there is no such sensor, or if it cannot measure this value.
    """
    found = _find(hardware, component, variable, evse_id)
    if found is None or evse_id is None:
        place = "" if evse_id is None else f" of EVSE {evse_id}"
        raise HardwareError(f"{component}.{variable}{place} cannot be set; {', '.join(_names(hardware))} can")
    hardware.impose(evse_id, _QUANTITIES[found.name], value)


def _find(hardware: VirtualHardware, component: str, variable: str, evse_id: int | None) -> MeasuredVariable | None:
    """The variable of this name, regardless of case, if the EVSE measures it."""
    evse = None if evse_id is None else hardware.evses.get(evse_id)
    if evse is None:
        return None
    wanted = component.casefold(), variable.casefold()
    of_evse = (each for each in MEASURED if each.is_measured(evse))
    return next((each for each in of_evse if (each.component.casefold(), each.name.casefold()) == wanted), None)


def _names(hardware: VirtualHardware) -> Iterator[str]:
    """Such as "EVSE.Power of EVSE 1 and 2"."""
    evses: dict[str, list[str]] = {}
    for evse_id, evse in hardware.evses.items():
        for name in measurable_names(evse):
            evses.setdefault(name, []).append(str(evse_id))
    return (f"{name} of EVSE {' and '.join(ids)}" for name, ids in evses.items())
