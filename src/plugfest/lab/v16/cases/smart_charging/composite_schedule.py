"""GetCompositeSchedule, and checks of the schedule."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from plugfest import clock
from plugfest.lab.expectations import Comparison, absent, has, meets, optional
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.composite_schedule import Step, expected, merged
from plugfest.lab.v16.memory.charging_profile import composite_schedule_request, number_of_phases
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import types as t

_ROUNDING = 0.01
"""Limits have one decimal place (7.14)."""

DEFAULT_PHASES = 3
"""numberPhases of a period that omits it (7.14)."""


async def check_composite_schedule(bench: Bench, *, seconds: int) -> None:
    """The composite schedule of the connector under test follows from the installed profiles (5.7)."""
    own = min((step.limit for step in bench.known_state.unlimited), default=math.inf)
    steps = expected(bench.known_state.profiles, bench.connector_id, clock.utc_now(), seconds, own)
    await _check_schedule(bench, seconds, steps)


async def check_schedule_without_profiles(bench: Bench, *, seconds: int) -> None:
    """The composite schedule is that of a station without profiles; it may be omitted."""
    if bench.known_state.unlimited:
        await _check_schedule(bench, seconds, bench.known_state.unlimited)
        return
    without = optional(has(charging_schedule_period=meets("no period", lambda periods: not periods)))
    await bench.call(composite_schedule_request(bench, seconds), charging_schedule=without)


async def _check_schedule(bench: Bench, seconds: int, steps: Sequence[Step]) -> None:
    request, asked = composite_schedule_request(bench, seconds), clock.utc_now()

    def tolerance() -> float:
        """The station may have calculated the schedule at any moment until now."""
        return bench.settings.time_tolerance + (clock.utc_now() - asked).total_seconds()

    await bench.call(
        request,
        status="Accepted",
        connector_id=bench.connector_id,
        schedule_start=_time_within(asked, tolerance),
        charging_schedule=has(
            charging_rate_unit=request.charging_rate_unit,
            duration=seconds,
            start_schedule=absent,  # erratum 3.57
            charging_schedule_period=PeriodsMatch(steps, seconds, tolerance, number_of_phases(bench)),
        ),
    )


def _time_within(now: datetime, tolerance: Callable[[], float]) -> object:
    def holds(value: object) -> bool:
        return isinstance(value, datetime) and abs((value - now).total_seconds()) <= tolerance()

    return meets(f"within {tolerance():g} s of {now.isoformat()}", holds)


class PeriodsMatch:
    """Matches schedule periods with these limits, each starting within the tolerance (seconds).

    Limits that start within the tolerance of the end are ignored. `phases` is the number of phases of the connector, if
    it is AC: numberPhases is this, or the default of three (7.14).
    """

    def __init__(self, steps: Sequence[Step], seconds: int, tolerance: Callable[[], float], phases: object) -> None:
        self._seconds = seconds
        self._tolerance = tolerance
        self._phases = phases
        self._steps = steps

    def __repr__(self) -> str:
        return _listed(self._before_the_end(self._steps))

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        periods: list[t.ChargingSchedulePeriod] = value if isinstance(value, list) else []
        self._check_periods(periods, path, comparison)
        reported = self._before_the_end(Step(period.start_period, period.limit) for period in periods)
        steps, tolerance = self._before_the_end(self._steps), self._tolerance()
        reported, steps = self._without_last(reported, len(steps)), self._without_last(steps, len(reported))
        comparison.judge(len(reported) == len(steps), path, _listed(steps), _listed(reported))
        if len(reported) != len(steps):
            return
        for step, expected_step in zip(reported, steps, strict=True):
            where = f"{path}[{expected_step.start} s]"
            close = abs(step.start - expected_step.start) <= tolerance
            comparison.judge(
                close, f"{where}.start_period", f"within {tolerance:g} s of {expected_step.start}", step.start
            )
            comparison.judge(
                abs(step.limit - expected_step.limit) < _ROUNDING,
                f"{where}.limit",
                f"{expected_step.limit:g}",
                step.limit,
            )

    def _check_periods(self, periods: Sequence[t.ChargingSchedulePeriod], path: str, comparison: Comparison) -> None:
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


def _listed(steps: Sequence[Step]) -> str:
    return ", ".join(map(str, steps)) or "no limit"
