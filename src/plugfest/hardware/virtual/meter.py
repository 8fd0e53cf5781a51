"""A meter that integrates power over the time of the event loop."""

import asyncio
from collections.abc import Callable

from plugfest.hardware.ports import Reading, SignedReading
from plugfest.hardware.virtual.signing import Signer

AC_VOLTAGE = 230.0
DC_VOLTAGE = 400.0
AC_POWER_FACTOR = 0.98
AC_FREQUENCY = 50.0
AMBIENT_TEMPERATURE = 25.0
"""Degrees Celsius without power."""
HEATING_PER_WATT = 1e-4
"""Degrees Celsius per W."""


class VirtualMeter:
    """The energy meter of one EVSE. Its register lives as long as the object, longer than a power cycle.

    `resume_from` connects it to a saved register: each reading is saved before it is returned.
    """

    def __init__(self, phases: int, signer: Signer | None = None) -> None:
        self._phases = phases
        self._signer = signer
        self._register = 0.0
        self._power = 0.0
        self._phases_used = 0
        self._since = 0.0
        self._temperature: float | None = None
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

    def set_temperature(self, celsius: float | None) -> None:
        """Set the temperature of the housing; None: the power determines it."""
        self._temperature = celsius

    def read(self) -> Reading:
        self._count()
        if self._save is not None and self._saved_register != self._register:
            self._save(self._register)
            self._saved_register = self._register
        return Reading(
            energy_import=self._register,
            energy_export=0.0,
            voltages=self._voltages(),
            currents=self._currents(),
            power_factor=AC_POWER_FACTOR if self._phases else 1.0,
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
        self._register += self._power * (now - self._since) / 3600.0
        self._since = now

    def _present_temperature(self) -> float:
        if self._temperature is not None:
            return self._temperature
        return AMBIENT_TEMPERATURE + self._power * HEATING_PER_WATT

    def _voltages(self) -> tuple[float, ...]:
        if self._phases:
            return (AC_VOLTAGE,) * self._phases
        return (DC_VOLTAGE if self._power else 0.0,)

    def _currents(self) -> tuple[float, ...]:
        if not self._phases:
            return (self._power / DC_VOLTAGE,)
        used = max(1, self._phases_used)
        current = self._power / (AC_VOLTAGE * AC_POWER_FACTOR * used)
        return (current,) * used + (0.0,) * (self._phases - used)


class GridMeter:
    """The meter of the grid connection: the sum of all EVSEs on each phase. Direct current loads all three equally."""

    def __init__(self, meters: list[VirtualMeter]) -> None:
        self._meters = meters

    def read(self) -> Reading:
        readings = [meter.read() for meter in self._meters]
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
