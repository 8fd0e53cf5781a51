"""Checks of the composite schedule that a station reports."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from plugfest.lab.checks.smart_charging.limits import Step, merged
from plugfest.lab.expectations import Comparison, Matcher, meets
from plugfest.ocpp.message import UNSET, UnsetType

_ROUNDING = 0.01
"""Limits have one decimal place (1.6, 7.14)."""

DEFAULT_PHASES = 3
"""numberPhases of a period that omits it (1.6, 7.14; K01.FR.49)."""


class Period(Protocol):
    """A ChargingSchedulePeriod of any OCPP version."""

    @property
    def start_period(self) -> int: ...
    @property
    def limit(self) -> float: ...
    @property
    def number_phases(self) -> int | UnsetType: ...


def steps_of(periods: Iterable[Period]) -> list[Step]:
    """The limits in a composite schedule of the station."""
    return merged(Step(period.start_period, period.limit) for period in periods)


def time_within(now: datetime, tolerance: Callable[[], float]) -> Matcher:
    """A time that differs from `now` by at most so many seconds."""

    def holds(value: object) -> bool:
        return isinstance(value, datetime) and abs((value - now).total_seconds()) <= tolerance()

    return meets(f"within {tolerance():g} s of {now.isoformat()}", holds)


class PeriodsMatch:
    """Matches schedule periods with these limits, each starting within the tolerance (seconds).

    Limits that start within the tolerance of the end are ignored. `phases` is the number of phases of the EVSE, if
    it is AC: numberPhases is this, or the default of three. `own_share` is what a limit may be higher by, as a share of
    it: what a station consumes itself (2.0.1, K08.FR.03).
    """

    def __init__(
        self,
        steps: Sequence[Step],
        seconds: int,
        tolerance: Callable[[], float],
        phases: object,
        *,
        own_share: float = 0.0,
    ) -> None:
        self._seconds = seconds
        self._tolerance = tolerance
        self._phases = phases
        self._steps = steps
        self._own_share = own_share

    def __repr__(self) -> str:
        return listed(self._before_the_end(self._steps))

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        periods: list[Period] = value if isinstance(value, list) else []
        self._check_periods(periods, path, comparison)
        reported = self._before_the_end(self._joined(steps_of(periods)))
        steps, tolerance = self._before_the_end(self._steps), self._tolerance()
        reported, steps = self._without_last(reported, len(steps)), self._without_last(steps, len(reported))
        comparison.judge(len(reported) == len(steps), path, listed(steps), listed(reported))
        if len(reported) != len(steps):
            return
        for step, expected_step in zip(reported, steps, strict=True):
            where = f"{path}[{expected_step.start} s]"
            close = abs(step.start - expected_step.start) <= tolerance
            comparison.judge(
                close, f"{where}.start_period", f"within {tolerance:g} s of {expected_step.start}", step.start
            )
            same = self._is_limit(step.limit, expected_step.limit)
            comparison.judge(same, f"{where}.limit", f"{expected_step.limit:g}", step.limit)

    def _is_limit(self, reported: float, expected: float) -> bool:
        highest = expected * (1 + self._own_share)
        return math.isinf(expected) or expected - _ROUNDING < reported < highest + _ROUNDING

    def _joined(self, reported: Sequence[Step]) -> list[Step]:
        """The reported limits without those that begin while the limit is not known."""
        unknown = [
            (step.start + self._tolerance(), later.start - self._tolerance())
            for step, later in pairwise([*self._steps, Step(self._seconds, 0.0)])
            if math.isinf(step.limit)
        ]
        return [step for step in reported if not any(begin < step.start < end for begin, end in unknown)]

    def _check_periods(self, periods: Sequence[Period], path: str, comparison: Comparison) -> None:
        starts = [period.start_period for period in periods]
        in_order = starts[:1] == [0] and all(earlier < later for earlier, later in pairwise(starts))
        comparison.judge(in_order, f"{path}.start_period", "0 first, then increasing", ", ".join(map(str, starts)))
        beyond = [start for start in starts if start >= self._seconds]
        comparison.judge(not beyond, f"{path}.start_period", f"within {self._seconds} s", ", ".join(map(str, beyond)))
        reported = {period.number_phases for period in periods} - {UNSET}
        if isinstance(self._phases, int):
            wrong = reported - {self._phases, DEFAULT_PHASES}
            comparison.judge(not wrong, f"{path}.number_phases", str(self._phases), ", ".join(map(str, wrong)))

    def _without_last(self, steps: list[Step], number: int) -> list[Step]:
        """Without a last step that is more than the other has, if it may be too late for the other one."""
        late = len(steps) == number + 1 and steps[-1].start > self._seconds - 2 * self._tolerance()
        return steps[:-1] if late else steps

    def _before_the_end(self, steps: Iterable[Step]) -> list[Step]:
        return [step for step in merged(steps) if step.start <= self._seconds - self._tolerance()]


def listed(steps: Sequence[Step]) -> str:
    """The limits as the text of a finding."""
    return ", ".join(map(str, steps)) or "no limit"
