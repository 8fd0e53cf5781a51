"""A second opinion on composite schedules: every second for itself, every occurrence of a schedule one by one."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from plugfest.station.model.smart_charging.composite import CompositeRequest, Supply
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

GRID_PHASES = 3


def limit_at(profiles: Sequence[ChargingProfile], question: CompositeRequest, second: int) -> float:
    """The limit in one second of a composite schedule."""
    moment = question.start + timedelta(seconds=second)
    phases = question.supply.phases
    limits = [_convert(question.supply.power, RateUnit.WATT, question.unit, None, phases)]
    station = station_at(profiles, question, moment)
    if station is not None:
        limits.append(station)
    own = [each for each in profiles if each.purpose is ProfilePurpose.TX and each.evse_id == question.evse_id]
    default = [each for each in profiles if each.purpose is ProfilePurpose.TX_DEFAULT]
    for candidates in (own, default):
        best = _winner(candidates, question, moment)
        if best is not None:
            profile, period = best
            limits.append(_convert(period.limit, profile.schedule.unit, question.unit, period.phases, phases))
            break
    return min(limits)


def station_at(profiles: Sequence[ChargingProfile], question: CompositeRequest, moment: datetime) -> float | None:
    """What the whole station may take, as it is at this EVSE. Direct current comes from all phases of the grid."""
    best = _winner([each for each in profiles if each.purpose is ProfilePurpose.STATION], question, moment)
    if best is None:
        return None
    profile, period = best
    phases = question.supply.phases
    if phases == 0 and question.unit is RateUnit.WATT:
        phases = GRID_PHASES
    return _convert(period.limit, profile.schedule.unit, question.unit, period.phases, phases)


def total_at(
    profiles: Sequence[ChargingProfile], questions: Sequence[CompositeRequest], unit: RateUnit, second: int
) -> float:
    """The limit of all EVSEs together in one second. The questions are in W."""
    together = sum(limit_at(profiles, question, second) for question in questions)
    grid = msgspec.structs.replace(questions[0], evse_id=0, supply=Supply(GRID_PHASES, math.inf))
    station = station_at(profiles, grid, grid.start + timedelta(seconds=second))
    watts = min(together, math.inf if station is None else station)
    return watts if unit is RateUnit.WATT else watts / 230.0 / 3


def _convert(limit: float, unit: RateUnit, wanted: RateUnit, named: int | None, available: int) -> float:
    """From amperes per phase to watts of all phases, or back; 0 phases are those of direct current."""
    if unit is wanted:
        return limit
    used = 3 if named is None else named
    while used > available:
        used -= 1
    volts = 230.0 * used if available else 400.0
    return limit * volts if wanted is RateUnit.WATT else limit / volts


def _winner(
    profiles: list[ChargingProfile], question: CompositeRequest, moment: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    best: tuple[ChargingProfile, SchedulePeriod] | None = None
    for profile in profiles:
        if profile.evse_id not in (0, question.evse_id):
            continue
        specific = any(
            each.evse_id == question.evse_id and each.stack_level == profile.stack_level
            for each in profiles
            if each.evse_id != 0
        )
        if profile.evse_id == 0 and specific:
            continue
        says = _says(profile, question, moment)
        if says is not None and (best is None or profile.stack_level > best[0].stack_level):
            best = profile, says
    return best


def _says(profile: ChargingProfile, question: CompositeRequest, moment: datetime) -> SchedulePeriod | None:
    if profile.valid_from is not None and moment < profile.valid_from:
        return None
    if profile.valid_to is not None and not moment < profile.valid_to:
        return None
    said = None
    for begin, end in _occurrences(profile, question, moment):
        if begin <= moment < end:
            said = None
            for period in profile.schedule.periods:
                if begin + timedelta(seconds=period.start) <= moment:
                    said = period
    return said


def _occurrences(
    profile: ChargingProfile, question: CompositeRequest, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    duration = profile.schedule.duration
    ever = timedelta(days=10_000)
    lasts = ever if duration is None else timedelta(seconds=duration)
    start = profile.schedule.start
    if start is None or profile.kind is ProfileKind.RELATIVE:
        start = question.transaction_start or question.start
    if profile.kind is not ProfileKind.RECURRING:
        yield start, start + lasts
        return
    step = timedelta(days=1 if profile.recurrency is Recurrency.DAILY else 7)
    while start <= until:
        yield start, start + min(lasts, step)
        start += step
