"""The composite schedule: what follows from all profiles together, over time. One pure function for every use of it.

Times are seconds since `start`, the moment from which the schedule is wanted.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

NOMINAL_VOLTAGE: Final = 230.0
"""V. Amperes and watts are converted with the voltage of the area, not with the one measured (1.6, 7.12)."""

DC_VOLTAGE: Final = 400.0
"""V. Direct current has no nominal voltage: that of the battery which most EVs have."""

MAX_DURATION: Final = timedelta(days=31).total_seconds()
"""Seconds that a composite schedule can reach into the future."""

MIN_CURRENT: Final = 6.0
"""A. A control pilot cannot tell an EV less (IEC 61851-1)."""

_ROUNDING: Final = 1e-6

_ALL_PHASES: Final = 3
"""What a period means that does not name a number of phases (1.6, 7.14)."""

_EVERY: Final = {Recurrency.DAILY: timedelta(days=1), Recurrency.WEEKLY: timedelta(days=7)}


class Supply(msgspec.Struct, frozen=True):
    """What there is at most. `phases` is 0 for direct current; `power` in W."""

    phases: int
    power: float

    def watts(self, limit: float, unit: RateUnit, phases: int | None) -> float:
        """A limit as power. Phases that are not there are not counted (erratum 3.34)."""
        return limit if unit is RateUnit.WATT else limit * self._volts(phases)

    def amperes(self, limit: float, unit: RateUnit, phases: int | None) -> float:
        """A limit as current per phase."""
        return limit if unit is RateUnit.AMPERE else limit / self._volts(phases)

    @property
    def min_power(self) -> float:
        """With less than this nobody can charge, in W."""
        return MIN_CURRENT * self._volts(None) if self.phases else 0.0

    def deliverable(self, power: float) -> float:
        """What an EV gets where so much is allowed."""
        return power if power >= self.min_power - _ROUNDING else 0.0

    @property
    def grid_supply(self) -> "Supply":
        """What the station takes from the grid for it: alternating current on the same phases, else on all."""
        return self if self.phases else GRID

    def _volts(self, phases: int | None) -> float:
        if not self.phases:
            return DC_VOLTAGE
        return NOMINAL_VOLTAGE * min(phases or _ALL_PHASES, self.phases)


GRID: Final = Supply(3, math.inf)
"""What a limit of the whole station is about."""


class Interval(msgspec.Struct, frozen=True):
    """From `start` on, this is the limit."""

    start: float
    limit: float
    phases: int | None = None


class CompositeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which composite schedule is wanted. `duration` in seconds."""

    start: datetime
    duration: float
    unit: RateUnit
    evse_id: int
    supply: Supply
    transaction_start: datetime | None = None
    """When the transaction at the EVSE began. Without one, as if it began now."""


def composite(profiles: Sequence[ChargingProfile], question: CompositeRequest) -> tuple[Interval, ...]:
    """What an EV may take at an EVSE, from now on (1.6, 3.13.3; K08). Neighbours with the same limit are one."""
    concerned = [profile for profile in profiles if profile.evse_id in (0, question.evse_id)]
    edges = sorted({0.0, *_change_times(concerned, question)})
    return merged(_limit_at(concerned, question, edge) for edge in edges)


def station_limit(profiles: Sequence[ChargingProfile], question: CompositeRequest) -> tuple[Interval, ...]:
    """What all EVSEs together may take from the grid as far as profiles say so; without one it is infinite."""
    own = [profile for profile in profiles if profile.purpose is ProfilePurpose.STATION]
    return composite(own, msgspec.structs.replace(question, evse_id=0, supply=GRID))


def station_budget(profiles: Sequence[ChargingProfile], question: CompositeRequest) -> tuple[float, RateUnit] | None:
    """What there is for all EVSEs at the beginning of the question, in the unit that was wanted; None: no limit."""
    found = _active_period(profiles, ProfilePurpose.STATION, question, question.start)
    return None if found is None else (found[1].limit, found[0].schedule.unit)


def total(
    profiles: Sequence[ChargingProfile], questions: Sequence[CompositeRequest], unit: RateUnit
) -> tuple[Interval, ...]:
    """What all EVSEs together will take from the grid at most (1.6, 5.7): for each of them there is a question."""
    in_watts = [msgspec.structs.replace(question, unit=RateUnit.WATT) for question in questions]
    schedules = [composite(profiles, question) for question in in_watts]
    station = station_limit(profiles, in_watts[0])
    starts = sorted({interval.start for schedule in (station, *schedules) for interval in schedule})
    watts = ((at, min(sum(_at(each, at) for each in schedules), _at(station, at))) for at in starts)
    convert = GRID.watts if unit is RateUnit.WATT else GRID.amperes
    return merged(Interval(at, convert(limit, RateUnit.WATT, None)) for at, limit in watts)


def min_charging_power(profiles: Sequence[ChargingProfile], question: CompositeRequest) -> float:
    """Less than this is not worth charging with at the beginning of the question, in W (minChargingRate, 7.13)."""
    here = [profile for profile in profiles if profile.evse_id in (0, question.evse_id)]
    found = _for_transaction(here, question, question.start)
    if found is None:
        return 0.0
    schedule, period = found[0].schedule, found[1]
    return question.supply.watts(schedule.min_rate or 0.0, schedule.unit, period.phases)


def _at(schedule: Sequence[Interval], second: float) -> float:
    return next(interval.limit for interval in reversed(schedule) if interval.start <= second)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same with no interval that says what the one before it says."""
    kept: list[Interval] = []
    for interval in intervals:
        if not kept or (kept[-1].limit, kept[-1].phases) != (interval.limit, interval.phases):
            kept.append(interval)
    return tuple(kept)


def _limit_at(profiles: Sequence[ChargingProfile], question: CompositeRequest, second: float) -> Interval:
    """The lowest limit of the purposes that count at this moment, and what the hardware can do anyway."""
    moment = question.start + timedelta(seconds=second)
    station = _active_period(profiles, ProfilePurpose.STATION, question, moment)
    transaction = _for_transaction(profiles, question, moment)
    limits: list[tuple[float, int | None]] = [(_hardware_limit(question), None)]
    if station is not None:
        limits.append((_in_unit(*station, question, question.supply.grid_supply), station[1].phases))
    if transaction is not None:
        limits.append((_in_unit(*transaction, question, question.supply), transaction[1].phases))
    return Interval(second, *min(limits, key=lambda each: each[0]))


def _for_transaction(
    profiles: Sequence[ChargingProfile], question: CompositeRequest, moment: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    """What is for the transaction itself overrules what is for any (3.13.1)."""
    own = _active_period(profiles, ProfilePurpose.TX, question, moment)
    return own or _active_period(profiles, ProfilePurpose.TX_DEFAULT, question, moment)


def _active_period(
    profiles: Sequence[ChargingProfile], purpose: ProfilePurpose, question: CompositeRequest, moment: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    """The profile with the highest stack level of those that say something now, and what (1.6, 3.13.2, 5.16.4)."""
    candidates = [profile for profile in profiles if profile.purpose is purpose]
    shadowed = {profile.stack_level for profile in candidates if profile.evse_id != 0}
    ranked = sorted(candidates, key=lambda profile: profile.stack_level, reverse=True)
    for profile in ranked:
        if profile.evse_id == 0 and profile.stack_level in shadowed and question.evse_id != 0:
            continue  # 3.13.1: replaced for this EVSE
        period = _period(profile, question, moment)
        if period is not None:
            return profile, period
    return None


def _period(profile: ChargingProfile, question: CompositeRequest, moment: datetime) -> SchedulePeriod | None:
    """What a profile says at a moment; None where it says nothing."""
    if profile.valid_from is not None and moment < profile.valid_from:
        return None
    if profile.valid_to is not None and moment >= profile.valid_to:
        return None
    elapsed = (moment - _schedule_start(profile, question, moment)).total_seconds()
    duration = profile.schedule.duration
    if elapsed < 0 or (duration is not None and elapsed >= duration):
        return None
    starts = [period.start for period in profile.schedule.periods]
    position = bisect_right(starts, elapsed) - 1
    return profile.schedule.periods[position] if position >= 0 else None


def _schedule_start(profile: ChargingProfile, question: CompositeRequest, moment: datetime) -> datetime:
    """When the schedule that counts at a moment began."""
    start = profile.schedule.start
    if profile.kind is ProfileKind.RELATIVE or start is None:
        return question.transaction_start or question.start
    if profile.kind is ProfileKind.RECURRING and profile.recurrency is not None and moment >= start:
        return start + (moment - start) // _EVERY[profile.recurrency] * _EVERY[profile.recurrency]  # erratum 3.79
    return start


def _in_unit(profile: ChargingProfile, period: SchedulePeriod, question: CompositeRequest, supply: Supply) -> float:
    """A limit that is about `supply`, at the EVSE and in the unit that are asked for."""
    unit = profile.schedule.unit
    if question.unit is RateUnit.WATT:
        return supply.watts(period.limit, unit, period.phases)
    return question.supply.amperes(period.limit, unit, period.phases)


def _hardware_limit(question: CompositeRequest) -> float:
    if question.unit is RateUnit.WATT:
        return question.supply.power
    return question.supply.amperes(question.supply.power, RateUnit.WATT, None)


# Where a limit can change


def _change_times(profiles: Iterable[ChargingProfile], question: CompositeRequest) -> Iterator[float]:
    """Every second within the question at which any profile may begin to say something else."""
    end = question.start + timedelta(seconds=question.duration)
    for profile in profiles:
        for moment in _change_moments(profile, question, end):
            if question.start < moment < end:
                yield (moment - question.start).total_seconds()


def _change_moments(profile: ChargingProfile, question: CompositeRequest, end: datetime) -> Iterator[datetime]:
    yield from filter(None, (profile.valid_from, profile.valid_to))
    offsets = [period.start for period in profile.schedule.periods]
    if profile.schedule.duration is not None:
        offsets.append(profile.schedule.duration)
    start = _schedule_start(profile, question, question.start)
    while start < end:
        yield start
        yield from (start + timedelta(seconds=offset) for offset in offsets)
        if profile.kind is not ProfileKind.RECURRING or profile.recurrency is None:
            return
        start += _EVERY[profile.recurrency]
