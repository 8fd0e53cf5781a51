"""Energy registers of every version: they never decrease, nor increase faster than a connector can deliver."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import msgspec

from plugfest.lab.checks.numbers import power_of_ten
from plugfest.lab.rules.rule import Violation
from plugfest.products import Product

DEFAULT_MEASURAND = "Energy.Active.Import.Register"

KILO_UNITS = {"kWh": 1000.0, "kvarh": 1000.0}
"""Factors to Wh and varh."""

MAX_POWER = {"AC": 2e5, "DC": 4e6}
"""Watts: more than any connector delivers (250 A in three phases; the Megawatt Charging System ends at 3.75 MW)."""

COARSEST_RESOLUTION = 1000.0
"""Watt-hours: a register that counts whole kilowatt-hours increases by this much at once."""

FLOAT_TOLERANCE = 1e-6
"""Watt-hours: the rounding error of scaling a decimal number."""

Register = tuple[str, str | None, str | None]
"""Measurand, phase and location: they distinguish the registers of one meter."""


class Reading(msgspec.Struct, frozen=True):
    """A reading of a register, in Wh or varh. `resolution` is the last digit that the station sent."""

    register: Register
    time: datetime
    value: float
    frame: int
    resolution: float = FLOAT_TOLERANCE

    @property
    def text(self) -> str:
        unit = "varh" if "Reactive" in self.register[0] else "Wh"
        return f"{self.value:g} {unit} at {self.time.isoformat()}"


def decreases(readings: Iterable[Reading], scope: str) -> Iterator[Violation]:
    """Where a register decreases by more than the resolution of its readings, in the order of their times."""
    for earlier, later in _consecutive(readings):
        if later.value < earlier.value - max(earlier.resolution, later.resolution):
            yield Violation(f"{later.register[0]} of {scope} not below {earlier.text}", later.text, later.frame)


def implausible_increases(readings: Iterable[Reading], scope: str, product: Product) -> Iterator[Violation]:
    """Where a register increases faster than the connector can deliver: a wrong unit or another quantity."""
    max_power = max(MAX_POWER[evse.current] for evse in product.evses)
    for earlier, later in _consecutive(readings):
        seconds = (later.time - earlier.time).total_seconds()
        max_value = earlier.value + COARSEST_RESOLUTION + max_power * seconds / 3600
        if later.value > max_value:
            expected = f"{later.register[0]} of {scope} at most {max_value:g} after {seconds:g} s from {earlier.text}"
            yield Violation(expected, later.text, later.frame)


def last_digit(number: str) -> float:
    """What one unit of the last digit of a decimal number is worth: another message may have been rounded to it."""
    return power_of_ten(int(Decimal(number).as_tuple().exponent))


def _consecutive(readings: Iterable[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Each reading with the next one of the same register, in the order of their times."""
    by_register: dict[Register, list[Reading]] = {}
    for reading in readings:
        by_register.setdefault(reading.register, []).append(reading)
    for register_readings in by_register.values():
        for earlier, later in pairwise(sorted(register_readings, key=lambda reading: (reading.time, reading.value))):
            if later.time > earlier.time:
                yield earlier, later
