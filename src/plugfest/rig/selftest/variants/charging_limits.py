"""Patches for both versions: stations that calculate, apply and support limits of charging profiles in another way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import msgspec

from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.variants.variant import ChangeProduct
from plugfest.station.model.smart_charging import composite, limiter
from plugfest.station.model.smart_charging.composite import Limit, StationLimit
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ALL_PHASES, RateUnit, SchedulePeriod


def periods_of(seconds: int) -> Function:
    """Composite schedules in periods of at most so many seconds: a limit may be repeated."""

    def make(original: Function) -> Function:
        def periods(schedule: Sequence[Any], unit: RateUnit, duration: int) -> Iterator[SchedulePeriod]:
            found = list(original(schedule, unit, duration))
            ends = [each.start for each in found[1:]] + [duration]
            for period, end in zip(found, ends, strict=True):
                for start in range(period.start, end, seconds):
                    yield msgspec.structs.replace(period, start=start)

        return periods

    return make


def starts_in_steps_of(seconds: int) -> Function:
    """Composite schedules in whole steps of time, and never above the limit: a lower one begins earlier."""

    def make(original: Function) -> Function:
        def periods(schedule: Sequence[Any], unit: RateUnit, duration: int) -> Iterator[SchedulePeriod]:
            found = list(original(schedule, unit, duration))
            starts = {period.start: period for period in found[:1]}
            for before, period in pairwise(found):
                earlier = period.start // seconds * seconds
                start = earlier if period.limit < before.limit else -(-period.start // seconds) * seconds
                if start not in starts or period.limit < starts[start].limit:
                    starts[start] = period
            return _joined(starts, duration)

        return periods

    return make


def _joined(starts: dict[int, SchedulePeriod], duration: int) -> Iterator[SchedulePeriod]:
    for start in sorted(starts):
        if start < duration:
            yield msgspec.structs.replace(starts[start], start=start)


def applies_limits_after(seconds: float) -> Patch:
    """A new limit reaches an EV that charges after so many seconds."""

    def make(original: Function) -> Function:
        def apply(self: Any, limits: Mapping[int, Limit]) -> None:
            charging = {evse_id: path for evse_id, path in self._paths.items() if evse_id in self._rates}
            original(self, {**limits, **{id: Limit(path._limit, path._phases) for id, path in charging.items()}})
            self._timers.set("limits to apply", seconds, partial(original, self, limits))

        return apply

    return Patch(Limiter, "_apply", make)


def grid_connection_of(amperes: float) -> tuple[Patch, ...]:
    """A grid connection with this current on each of three phases, which the EVSEs share."""
    own = StationLimit(amperes, RateUnit.AMPERE, ALL_PHASES)

    def make(original: Function) -> Function:
        def limits(*arguments: Any) -> tuple[StationLimit, ...]:
            return (*original(*arguments), own)

        return limits

    return Patch(composite, "station_limits", make), Patch(limiter, "station_limits", make)


def supporting(claims: Iterable[str], others: Iterable[str]) -> ChangeProduct:
    """A product with smart charging that answers yes to these claims, and no to the others."""
    answers = {**dict.fromkeys(claims, True), **dict.fromkeys(others, False)}

    def change(product: Product) -> Product | None:
        if not product.named("Smart Charging"):
            return None
        return msgspec.structs.replace(product, answered={**product.answered, **answers})

    return change


def without_phase_switching(product: Product) -> Product | None:
    """A product whose EVSEs keep their number of phases."""
    if not any(evse.phase_counts for evse in product.evses):
        return None
    evses = tuple(msgspec.structs.replace(evse, phase_counts=()) for evse in product.evses)
    return msgspec.structs.replace(product, evses=evses)


REACTION: Final = 10.0
"""Seconds in which a station signals a new limit to an EV: as many as the lab gives it, OCPP sets no time."""
