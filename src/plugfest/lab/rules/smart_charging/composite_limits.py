"""A composite schedule is never above a charging profile that is known to be in force (1.6, 3.13.3; K08.FR.04).

Only what is certain is a violation: a profile that may be installed, or whose start or unit makes its limit uncertain,
counts as one without a limit. A composite schedule below the profiles conforms: other limits may apply.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from msgspec import structs

from plugfest.lab.checks.smart_charging.limits import STATION, LimitProfile, Purpose, Step, expected_steps
from plugfest.lab.checks.times import moved
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Violation

_ROUNDING = 0.01

_OF_STATION = frozenset({Purpose.STATION, Purpose.EXTERNAL})
"""What limits the total of all EVSEs; a default profile for EVSE 0 is one for each EVSE (K01.FR.14)."""

RECURRENCES = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


class CompositeSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """A composite schedule that the station has calculated. `start` is None if it reports none."""

    evse_id: int
    unit: str
    seconds: int
    start: datetime | None
    steps: Sequence[Step]
    exchange: Exchange

    @property
    def end(self) -> datetime:
        return moved(self.exchange.time, timedelta(seconds=self.seconds))


class KnownProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that is installed, or may be (`certain` False). `unit` is None if it has several schedules."""

    limits: LimitProfile
    kind: str
    recurrency: str | None
    unit: str | None
    certain: bool

    def certain_limits(self, schedule: CompositeSchedule) -> Iterator[LimitProfile]:
        """Its limits while the composite schedule lasts, as far as they are certain."""
        if not self.certain or self.unit != schedule.unit or self.limits.steps[0].start != 0:
            yield without_limit(self.limits)
        elif self.kind == "Relative":
            yield _of_any_start(self.limits)
        elif self.kind == "Recurring":
            yield from _recurrences(self.limits, RECURRENCES.get(self.recurrency or ""), schedule)
        else:
            yield self.limits if self.limits.start is not None else without_limit(self.limits)


def without_limit(profile: LimitProfile) -> LimitProfile:
    """A profile of which it is not known what it permits, nor when."""
    return structs.replace(
        profile, steps=(Step(0, math.inf),), start=None, duration=None, valid_from=None, valid_to=None
    )


def _of_any_start(profile: LimitProfile) -> LimitProfile:
    """The station determines when a Relative schedule starts: it may have reached any period, or its end."""
    if profile.duration is not None:
        return without_limit(profile)
    highest = max(step.limit for step in profile.steps)
    return structs.replace(profile, steps=(Step(0, highest),), start=None)


def _recurrences(profile: LimitProfile, every: timedelta | None, schedule: CompositeSchedule) -> Iterator[LimitProfile]:
    """Each recurrence as a profile of its own. It is not known what applies before the first one."""
    first, begin = profile.start, moved(schedule.exchange.time, -timedelta(hours=1))
    if every is None or first is None or begin < first - every:
        yield without_limit(profile)
        return
    if begin < first:
        yield structs.replace(without_limit(profile), valid_to=first)
    start = max(first, first + (begin - first) // every * every)
    lasts = min(every.total_seconds(), math.inf if profile.duration is None else profile.duration)
    while start <= schedule.end + timedelta(hours=1):
        yield structs.replace(profile, start=start, duration=int(lasts))
        start += every


def judge_schedule(
    evidence: Evidence, schedule: CompositeSchedule, profiles: Iterable[KnownProfile]
) -> Iterator[Violation]:
    """The first limit that is above the profiles, if there is one."""
    exchange, evse_id = schedule.exchange, schedule.evse_id
    answered_at = exchange.at if exchange.answered_at is None else exchange.answered_at
    margin = math.ceil(evidence.settings.time_tolerance + answered_at - exchange.at) + 1
    if not _comparable(evidence, schedule) or _started_elsewhere(schedule, margin):
        return
    limits = [each for profile in profiles for each in profile.certain_limits(schedule)]
    concerned = [each for each in limits if evse_id != STATION or each.purpose in _OF_STATION]
    begin = moved(exchange.time, -timedelta(seconds=margin))
    bounds = expected_steps(concerned, evse_id, begin, schedule.seconds + 2 * margin, math.inf)
    shifted = [Step(step.start - margin, step.limit) for step in bounds]
    for second, limit in _compared(schedule, shifted, margin):
        highest = _highest(shifted, second - margin, second + margin)
        if limit > highest + _ROUNDING:
            yield Violation(
                f"a limit of at most {highest:g} {schedule.unit} at {second} s of the composite schedule, as the"
                " charging profiles allow",
                f"{limit:g} {schedule.unit}",
                exchange.answered_in,
            )
            return


def _comparable(evidence: Evidence, schedule: CompositeSchedule) -> bool:
    """Whether limits of profiles and of the schedule are of the same quantity.

    The current from the grid is not the direct current to an EV.
    """
    concerned = [evse for evse in evidence.product.evses if schedule.evse_id in (STATION, evse.id)]
    return schedule.unit == "W" or all(evse.phases for evse in concerned)


def _started_elsewhere(schedule: CompositeSchedule, margin: float) -> bool:
    """Whether the schedule does not start at the request (K08.FR.02): another check."""
    return schedule.start is not None and abs((schedule.start - schedule.exchange.time).total_seconds()) > margin


def _compared(schedule: CompositeSchedule, bounds: Sequence[Step], margin: int) -> Iterator[tuple[int, float]]:
    """The seconds at which the schedule may come to be above the bounds, and its limit then."""
    for step, later in pairwise([*schedule.steps, Step(schedule.seconds, 0.0)]):
        left = (bound.start + margin for bound in bounds)
        for second in sorted({step.start, *left}):
            if step.start <= second < later.start:
                yield second, step.limit


def _highest(bounds: Sequence[Step], first: int, last: int) -> float:
    """The highest bound from one second to another."""
    before = [step.limit for step in bounds if step.start <= first][-1:]
    return max([*before, *(step.limit for step in bounds if first < step.start <= last)], default=math.inf)
