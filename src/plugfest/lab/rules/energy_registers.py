"""Registers of energy, as both versions have them: they only ever go up."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

import msgspec

from plugfest.lab.rules.rule import Breach
from plugfest.products import Product

DEFAULT_MEASURAND = "Energy.Active.Import.Register"

KILO = {"kWh": 1000.0, "kvarh": 1000.0}

MOST_POWER = {"AC": 2e5, "DC": 4e6}
"""Watts: more than any connector can give (250 A in three phases; the Megawatt Charging System ends at 3.75 MW)."""

COARSEST = 1000.0
"""Watt-hours: a register that counts in whole kilowatt-hours goes up by that much at once."""

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
    for earlier, later in _neighbours(readings):
        if later.value < earlier.value - rounding:
            expected = f"{later.register[0]} of {scope} not below {earlier.value:g}"
            yield Breach(expected, f"{later.value:g}", later.frame)


def leaps(readings: Iterable[Reading], scope: str, product: Product) -> Iterator[Breach]:
    """Where a register has gone up faster than energy can flow: a wrong unit, or a reading of something else."""
    power = max(MOST_POWER[evse.current] for evse in product.evses)
    for earlier, later in _neighbours(readings):
        seconds = (later.time - earlier.time).total_seconds()
        most = earlier.value + COARSEST + power * seconds / 3600
        if later.value > most:
            expected = f"{later.register[0]} of {scope} at most {most:g}, {seconds:g} s after {earlier.value:g}"
            yield Breach(expected, f"{later.value:g}", later.frame)


def _neighbours(readings: Iterable[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Each reading with the next one of the same register, in the order of their times."""
    registers: dict[Register, list[Reading]] = {}
    for reading in readings:
        registers.setdefault(reading.register, []).append(reading)
    for of_one in registers.values():
        for earlier, later in pairwise(sorted(of_one, key=lambda reading: (reading.time, reading.value))):
            if later.time > earlier.time:
                yield earlier, later
