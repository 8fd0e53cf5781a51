"""Samples of every version: the unit fits the measurand, and every location and phase is in every sampling."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from plugfest.lab.rules.rule import Violation

DEFAULT_LOCATION = "Outlet"

DEFAULT_UNIT = "Wh"

Units = tuple[tuple[str, tuple[str, ...]], ...]

UNITS: Units = (
    ("Energy.Active.", ("Wh", "kWh")),
    ("Energy.Reactive.", ("varh", "kvarh")),
    ("Energy.Apparent.", ("VAh", "kVAh")),
    ("Power.Active.", ("W", "kW")),
    ("Power.Offered", ("W", "kW")),
    ("Power.Reactive.", ("var", "kvar")),
    ("Current.", ("A",)),
    ("Voltage", ("V",)),
    ("SoC", ("Percent",)),
    ("Temperature", ("Celsius", "Celcius", "Fahrenheit", "K")),
)
"""The units of measurands, by the beginning of the measurand; others have none in both versions."""

Place = tuple[str, str | None]
"""Location and phase."""


class Sample(msgspec.Struct, frozen=True):
    """A sampled value with its defaults. `scope` names what is measured: an EVSE or a connector."""

    scope: str
    at: datetime
    measurand: str
    context: str
    location: str
    phase: str | None
    unit: str | None
    frame: int

    @property
    def place(self) -> Place:
        return self.location, self.phase


def wrong_units(samples: Iterable[Sample], units: Units = UNITS) -> Iterator[Violation]:
    """Where the unit is not one of the measurand."""
    yield from _units((sample for sample in samples if sample.unit is not None), units)


def omitted_units(samples: Iterable[Sample], units: Units = UNITS) -> Iterator[Violation]:
    """Where the unit is omitted, which means Wh, and the measurand has another unit."""
    yield from _units((sample for sample in samples if sample.unit is None), units)


def _units(samples: Iterable[Sample], units: Units) -> Iterator[Violation]:
    for sample in samples:
        right = next((names for start, names in units if sample.measurand.startswith(start)), None)
        if right is not None and (sample.unit or DEFAULT_UNIT) not in right:
            actual = sample.unit or f"omitted: {DEFAULT_UNIT}"
            yield Violation(f"the unit of {sample.measurand}: {' or '.join(right)}", actual, sample.frame)


def other_places(samples: Iterable[Sample]) -> Iterator[Violation]:
    """Where a measurand of a scope has other locations or phases than when it was sampled before."""
    samplings: dict[tuple[str, str], dict[datetime, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        samplings[sample.scope, sample.measurand][sample.at].append(sample)
    for (scope, measurand), moments in samplings.items():
        expected: frozenset[Place] | None = None
        for _, sampling in sorted(moments.items()):
            places = _places(sampling)
            if expected is not None and places != expected:
                yield Violation(
                    f"{measurand} of {scope} sampled at {_shown(expected)}, as before",
                    _shown(places),
                    sampling[-1].frame,
                )
            expected = expected or places


def _places(sampling: Iterable[Sample]) -> frozenset[Place]:
    """The locations with their phases; an overall value beside the phases is optional."""
    places = frozenset(sample.place for sample in sampling)
    with_phases = {location for location, phase in places if phase is not None}
    return frozenset(place for place in places if place[1] is not None or place[0] not in with_phases)


def _shown(places: Iterable[Place]) -> str:
    shown = (location if phase is None else f"{location} {phase}" for location, phase in places)
    return ", ".join(sorted(shown))
