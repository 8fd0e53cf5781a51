"""Schedules for EVs and the plans of EVs within them. Pure functions; powers in W, times in seconds."""

from collections.abc import Sequence
from typing import Final

import msgspec

from plugfest.hardware.communication import PowerLimit, Schedule
from plugfest.station.model.smart_charging.composite import NOMINAL_VOLTAGE, Interval, Limit

_ROUNDING: Final = 1.0
"""W, and seconds, by which two limits may differ."""


def schedule_for_ev(
    number: int, composite: Sequence[Interval], duration: float, *, phases: int, max_limits: int
) -> Schedule:
    """A composite schedule for an EV that uses so many phases (0: direct current) and supports so many limits."""
    limits = [PowerLimit(each.start, on_phases(each.limit, phases).power) for each in composite]
    return Schedule(number, _joined_to(limits, max_limits), duration)


def on_phases(limit: Limit, phases: int) -> Limit:
    """The limit of an EV that uses so many phases: the current of each is the same as with more phases."""
    used = min(limit.phases, phases)
    return Limit(limit.current * NOMINAL_VOLTAGE * used, used) if used else limit


def _joined_to(limits: Sequence[PowerLimit], number: int) -> tuple[PowerLimit, ...]:
    """At most so many limits (K15.FR.07): the lowest of the last ones counts for all of them."""
    if len(limits) <= number:
        return tuple(limits)
    last = limits[number - 1 :]
    return (*limits[: number - 1], PowerLimit(last[0].start, min(each.watts for each in last)))


def limit_at(limits: Sequence[PowerLimit], second: float) -> float:
    """The limit in force; that of the first one before it begins."""
    begun = [each for each in limits if each.start <= second]
    return (begun[-1] if begun else limits[0]).watts


def is_within(plan: Sequence[PowerLimit], limits: Sequence[PowerLimit]) -> bool:
    """Whether a plan never exceeds the limits (K15.FR.09)."""
    times = {each.start for each in (*plan, *limits)}
    return all(limit_at(plan, time) <= limit_at(limits, time) + _ROUNDING for time in times)


def remaining(schedule: Schedule, elapsed: float) -> Schedule | None:
    """The schedule as it is after so many seconds; None if it has ended."""
    left = None if schedule.duration is None else schedule.duration - elapsed
    if left is not None and left <= 0:
        return None
    present = PowerLimit(0.0, limit_at(schedule.limits, elapsed))
    later = [PowerLimit(each.start - elapsed, each.watts) for each in schedule.limits if each.start > elapsed]
    return msgspec.structs.replace(schedule, limits=(present, *later), duration=left)


def is_same_plan(one: Sequence[PowerLimit], other: Sequence[PowerLimit]) -> bool:
    """Whether both permit the same power at all times, apart from rounding."""
    first, second = _joined(one), _joined(other)
    return len(first) == len(second) and all(
        abs(a.start - b.start) <= _ROUNDING and abs(a.watts - b.watts) <= _ROUNDING
        for a, b in zip(first, second, strict=True)
    )


def _joined(limits: Sequence[PowerLimit]) -> list[PowerLimit]:
    """Without limits that are equal to the one before."""
    joined: list[PowerLimit] = []
    for each in limits:
        if not joined or abs(joined[-1].watts - each.watts) > _ROUNDING:
            joined.append(each)
    return joined
