"""Registers of energy, as both versions have them: they only ever go up."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

import msgspec

from plugfest.lab.rules.rule import Breach

DEFAULT_MEASURAND = "Energy.Active.Import.Register"

KILO = {"kWh": 1000.0, "kvarh": 1000.0}

NOISE = 1e-6
"""Of a watt-hour: what scaling a decimal may cost."""

Register = tuple[str, str | None, str | None]
"""Measurand, phase and location: what tells it from the others of the same meter."""


class Reading(msgspec.Struct, frozen=True):
    """A register at one moment, in units without a prefix."""

    register: Register
    time: datetime
    value: float
    frame: int


def drops(readings: Iterable[Reading], scope: str, *, rounding: float = NOISE) -> Iterator[Breach]:
    """Where a register has gone down by more than `rounding` watt-hours, in the order of the readings' times."""
    registers: dict[Register, list[Reading]] = {}
    for reading in readings:
        registers.setdefault(reading.register, []).append(reading)
    for (measurand, *_), of_one in registers.items():
        for earlier, later in pairwise(sorted(of_one, key=lambda reading: reading.time)):
            if later.time > earlier.time and later.value < earlier.value - rounding:
                yield Breach(f"{measurand} of {scope} not below {earlier.value:g}", f"{later.value:g}", later.frame)
