"""A meter that integrates power over the time of the event loop."""

import asyncio
from collections.abc import Callable
from typing import Final

from plugfest.hardware.ports import HardwareError, Reading, SignedReading
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.hardware.virtual.signing import Signer

AC_VOLTAGE = 230.0
DC_VOLTAGE = 400.0
AC_POWER_FACTOR = 0.98
AC_FREQUENCY = 50.0
AMBIENT_TEMPERATURE = 25.0
"""Degrees Celsius without power."""
HEATING_PER_WATT = 1e-4
"""Degrees Celsius per W."""


_EXCLUDES: Final = dict.fromkeys((Quantity.POWER, Quantity.CURRENT), (Quantity.POWER, Quantity.CURRENT))
"""Quantities that follow from each other: the last one counts."""


class VirtualMeter:
    """The energy meter of one EVSE. Its register lives as long as the object, longer than a power cycle.

    `resume_from` connects it to a saved register: each reading is saved before it is returned.
    """

    def __init__(self, phases: int, signer: Signer | None = None) -> None:
        self.failed = False
        """It counts, but cannot be read."""
        self._phases = phases
        self._signer = signer
        self._register = 0.0
        self._power = 0.0
        self._phases_used = 0
        self._since = 0.0
        self._imposed: dict[Quantity, float] = {}
        self._save: Callable[[float], None] | None = None
        self._saved_register = 0.0

    def resume_from(self, register: float, save: Callable[[float], None]) -> None:
        """Count from `register` (Wh) on, and call `save` with the register of each reading that changed."""
        self._register = self._saved_register = register
        self._save = save

    @property
    def power(self) -> float:
        return self._power

    def flow(self, watts: float, phases: int) -> None:
        """Set the power in W and the number of phases (0: direct current) from now on."""
        self._count()
        self._power = watts
        self._phases_used = phases

    def impose(self, quantity: Quantity, value: float | None) -> None:
        """Make the meter measure this value; None: what it measures otherwise. The register counts the imposed power.

        Raises HardwareError for a register below the present one.
        """
        self._count()
        if quantity is Quantity.ENERGY:
            self._set_register(value)
            return
        for each in _EXCLUDES.get(quantity, (quantity,)):
            self._imposed.pop(each, None)
        if value is not None:
            self._imposed[quantity] = value

    def read(self) -> Reading:
        if self.failed:
            raise HardwareError("the meter does not answer")
        return self.measure()

    def measure(self) -> Reading:
        """The present reading, also of a meter that has failed."""
        reading = self.observe()
        if self._save is not None and self._saved_register != self._register:
            self._save(self._register)
            self._saved_register = self._register
        return reading

    def observe(self) -> Reading:
        """The present reading without saving it: for those who watch the station, as often as they like."""
        self._count()
        return Reading(
            energy_import=self._register,
            energy_export=0.0,
            voltages=self._voltages(),
            currents=self._currents(),
            power_factor=self._power_factor,
            frequency=AC_FREQUENCY if self._phases else None,
            temperature=self._present_temperature(),
        )

    @property
    def public_key(self) -> bytes | None:
        return None if self._signer is None else self._signer.public_key

    def sign(self, note: str) -> SignedReading | None:
        return None if self._signer is None else self._signer.sign(self.read(), note)

    def _count(self) -> None:
        """Add the energy since the last call to the register."""
        now = asyncio.get_running_loop().time()
        self._register += self._measured_power() * (now - self._since) / 3600.0
        self._since = now

    def _set_register(self, register: float | None) -> None:
        """A register cannot go back: None leaves it as it is."""
        if register is None:
            return
        if register < self._register:
            raise HardwareError(f"the register of a meter never decreases: it is at {self._register:g} Wh")
        self._register = register

    def _measured_power(self) -> float:
        """The imposed power, or that of the imposed current, or that which flows."""
        if Quantity.CURRENT in self._imposed:
            return sum(self._voltages()) * self._imposed[Quantity.CURRENT] * self._power_factor
        return self._imposed.get(Quantity.POWER, self._power)

    @property
    def _power_factor(self) -> float:
        return AC_POWER_FACTOR if self._phases else 1.0

    def _present_temperature(self) -> float:
        heated = AMBIENT_TEMPERATURE + self._measured_power() * HEATING_PER_WATT
        return self._imposed.get(Quantity.TEMPERATURE, heated)

    def _voltages(self) -> tuple[float, ...]:
        if self._phases:
            return (self._imposed.get(Quantity.VOLTAGE, AC_VOLTAGE),) * self._phases
        carries = self._power or any(self._imposed.get(each) for each in (Quantity.POWER, Quantity.CURRENT))
        return (self._imposed.get(Quantity.VOLTAGE, DC_VOLTAGE if carries else 0.0),)

    def _currents(self) -> tuple[float, ...]:
        phases = max(1, self._phases)
        if Quantity.CURRENT in self._imposed:
            return (self._imposed[Quantity.CURRENT],) * phases
        used = self._phases_used or phases
        voltage = self._voltages()[0]
        current = self._measured_power() / (voltage * self._power_factor * used) if voltage else 0.0
        return (current,) * used + (0.0,) * (phases - used)


class GridMeter:
    """The meter of the grid connection: the sum of all EVSEs on each phase. Direct current loads all three equally."""

    def __init__(self, meters: list[VirtualMeter]) -> None:
        self._meters = meters

    def read(self) -> Reading:
        readings = [meter.measure() for meter in self._meters]
        return Reading(
            energy_import=sum(reading.energy_import for reading in readings),
            energy_export=0.0,
            voltages=(AC_VOLTAGE,) * 3,
            currents=tuple(map(sum, zip(*map(_grid_currents, readings), strict=True))),
            power_factor=AC_POWER_FACTOR,
            frequency=AC_FREQUENCY,
        )

    @property
    def public_key(self) -> None:
        return None

    def sign(self, note: str) -> None:
        return None


def _grid_currents(reading: Reading) -> tuple[float, ...]:
    """The current that an EVSE draws from each phase of the grid."""
    if reading.frequency is None:
        return (reading.power / (3 * AC_VOLTAGE * AC_POWER_FACTOR),) * 3
    return (*reading.currents, 0.0, 0.0)[:3]
