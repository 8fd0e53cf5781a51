"""Composite schedules as they are reported. Pure functions."""

import math
from collections.abc import Iterator, Sequence

from plugfest.station.model.smart_charging.composite import Interval
from plugfest.station.model.smart_charging.profile import RateUnit, SchedulePeriod


def schedule_periods(schedule: Sequence[Interval], unit: RateUnit, duration: int) -> Iterator[SchedulePeriod]:
    """Periods with starts in whole seconds and limits in tenths (1.6, 7.14). Of two in a second, the later counts."""
    starts = {round(interval.start): interval for interval in schedule}
    for start, interval in starts.items():
        if start >= duration:  # rounded up to the end
            break
        yield SchedulePeriod(start, _tenths(interval.limit.in_unit(unit)), interval.limit.phases or None)


def _tenths(limit: float) -> float:
    """Rounded down, never above the limit."""
    return math.floor(limit * 10 + 1e-6) / 10
