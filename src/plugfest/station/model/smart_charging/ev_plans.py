"""What EVs have planned to draw by ISO 15118, and the schedules that are expected because of it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from plugfest.station.model.smart_charging.composite import Interval, Limit, in_force, merged


class PlannedLimits(msgspec.Struct, frozen=True):
    """What an EV plans to draw at most: limits from `start` on, for `duration` seconds."""

    start: datetime
    limits: tuple[Interval, ...]
    duration: float


class EvPlans:
    """The plan of the EV at each EVSE, if it has one."""

    def __init__(self) -> None:
        self._plans: dict[int, PlannedLimits] = {}

    def __bool__(self) -> bool:
        return bool(self._plans)

    def set(self, evse_id: int, plan: PlannedLimits | None) -> None:
        """The EV at an EVSE has another plan, or none."""
        self._plans.pop(evse_id, None)
        if plan is not None:
            self._plans[evse_id] = plan

    def expected(
        self, evse_id: int, schedule: Sequence[Interval], now: datetime, duration: float
    ) -> tuple[Interval, ...]:
        """A composite schedule from now on, lower where the EV plans to draw less. K15.FR.14, K16.FR.10, K17.FR.14"""
        plan = self._plans.get(evse_id)
        return tuple(schedule) if plan is None else lowered(schedule, plan, now, duration)


def lowered(schedule: Sequence[Interval], plan: PlannedLimits, now: datetime, duration: float) -> tuple[Interval, ...]:
    """The lower one of the limits of a schedule that begins now, and of a plan (SC.04)."""
    begin = (plan.start - now).total_seconds()
    end = begin + plan.duration

    def limit_at(second: float) -> Limit:
        limit = in_force(schedule, second)
        if not begin + plan.limits[0].start <= second < end:
            return limit
        return min(limit, in_force(plan.limits, second - begin), key=lambda each: each.power)

    seconds = {each.start for each in schedule} | {begin + each.start for each in plan.limits} | {end}
    return merged(Interval(second, limit_at(second)) for second in sorted(seconds | {0.0}) if 0 <= second < duration)
