"""The variables whose values an EVSE measures: a table."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, Protocol

from plugfest.hardware.ports import Evse, HardwareError
from plugfest.station.device_model.variables import Address, Characteristics, Component, DataType


class MeasuringEvse(Protocol):
    """What decides which variables an EVSE has: see hardware.ports.Evse."""

    @property
    def phases(self) -> int: ...

    @property
    def max_power(self) -> float: ...

    @property
    def reports_state_of_charge(self) -> bool: ...


class MeasuredVariable(NamedTuple):
    """A variable of each EVSE that measures it.

    `read`: its value, None if there is none now; HardwareError of a failed meter. `with_monitoring`: only products
    with monitors report it.
    `continuous`: it changes all the time while energy flows, and the hardware reports no change.
    """

    component: str
    name: str
    unit: str
    read: Callable[[Evse], float | None]
    is_measured: Callable[[MeasuringEvse], bool] = lambda _: True
    minimum: float | None = None
    maximum: Callable[[MeasuringEvse], float | None] = lambda _: None
    with_monitoring: bool = True
    continuous: bool = False

    def address(self, evse_id: int) -> Address:
        return Address(Component(self.component, None, evse_id), self.name)

    def characteristics(self, evse: MeasuringEvse) -> Characteristics:
        return Characteristics(DataType.DECIMAL, unit=self.unit, minimum=self.minimum, maximum=self.maximum(evse))

    def value(self, evse: Evse) -> float | None:
        """The value; None if there is none now, or the meter has failed."""
        try:
            return self.read(evse)
        except HardwareError:
            return None

    def text(self, evse: Evse) -> str:
        """The value; empty if there is none now."""
        value = self.value(evse)
        return "" if value is None else f"{value:.1f}"


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)


def _voltage(evse: Evse) -> float:
    return _mean(evse.meter.read().voltages)


def _current(evse: Evse) -> float:
    return _mean(evse.meter.read().currents)


def _is_ac(evse: MeasuringEvse) -> bool:
    return evse.phases > 0


def _is_dc(evse: MeasuringEvse) -> bool:
    return evse.phases == 0


# Part 2 appendix 2; without an instance, voltage and current are the mean of the phases.
MEASURED: Final = (
    MeasuredVariable(
        "EVSE",
        "Power",
        "W",
        lambda evse: evse.meter.read().power,
        maximum=lambda evse: evse.max_power,
        with_monitoring=False,
    ),
    MeasuredVariable("EVSE", "ACVoltage", "V", _voltage, _is_ac),
    MeasuredVariable("EVSE", "ACCurrent", "A", _current, _is_ac),
    MeasuredVariable("EVSE", "DCVoltage", "V", _voltage, _is_dc),
    MeasuredVariable("EVSE", "DCCurrent", "A", _current, _is_dc),
    MeasuredVariable(
        "FiscalMetering", "EnergyImportRegister", "Wh", lambda evse: evse.meter.read().energy_import, continuous=True
    ),
    MeasuredVariable(
        "ConnectedEV",
        "StateOfCharge",
        "Percent",
        lambda evse: evse.state_of_charge,
        lambda evse: evse.reports_state_of_charge,
        continuous=True,
    ),
    MeasuredVariable(
        "TemperatureSensor",
        "Temperature",
        "Celsius",
        lambda evse: evse.meter.read().temperature,
        minimum=-50.0,
        maximum=lambda _: 150.0,
    ),
)


def measured_by(evse: MeasuringEvse, *, monitoring: bool) -> Iterator[MeasuredVariable]:
    """What this EVSE measures and a product, with monitors or without them, reports in its device model."""
    return (each for each in MEASURED if each.is_measured(evse) and (monitoring or not each.with_monitoring))
