"""Checks of the times of meter values: sampled at an interval, and clock-aligned."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from plugfest.lab.bench import AnyBench


def check_interval(bench: AnyBench, moments: Sequence[datetime], interval: float, *, at_least: int = 2) -> None:
    """There are at least so many moments, in order, with `interval` seconds between each two, and on the whole."""
    bench.check(len(moments) >= at_least, f"meter values of at least {at_least} moments", len(moments))
    for earlier, later in pairwise(moments):
        apart = (later - earlier).total_seconds()
        bench.check(
            abs(apart - interval) <= bench.settings.time_tolerance,
            f"{interval:g} s between meter values",
            f"{apart:g} s from {earlier.isoformat()}",
        )
    if len(moments) > 1:
        number = len(moments) - 1
        span = (moments[-1] - moments[0]).total_seconds()
        bench.check(  # each pair may be within the tolerance with another interval
            abs(span - number * interval) <= bench.settings.time_tolerance,
            f"{number * interval:g} s for {number} intervals between meter values",
            f"{span:g} s from {moments[0].isoformat()}",
        )


def check_aligned(bench: AnyBench, moments: Iterable[datetime], interval: int) -> None:
    """The moments are multiples of the interval since midnight (2.0.1 Part 2 J, Meter Values; 1.6 section 9.1.5)."""
    whole = timedelta(seconds=interval)
    for moment in moments:
        beyond = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % whole
        bench.check(
            min(beyond, whole - beyond).total_seconds() <= bench.settings.time_tolerance,
            f"a multiple of {interval} s since midnight",
            moment.isoformat(),
        )
