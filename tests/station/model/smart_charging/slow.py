"""A slow reference for composite schedules: calculates each second and each recurrence of a schedule on its own."""

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


def limit_at(profiles: Sequence[ChargingProfile], request: CompositeRequest, second: int) -> float:
    """The limit in one second of a composite schedule."""
    moment = request.start + timedelta(seconds=second)
    phases = request.supply.phases
    limits = [_convert(request.supply.power, RateUnit.WATT, request.unit, None, phases)]
    station = station_at(profiles, request, moment)
    if station is not None:
        limits.append(station)
    own = [each for each in profiles if each.purpose is ProfilePurpose.TX and each.evse_id == request.evse_id]
    default = [each for each in profiles if each.purpose is ProfilePurpose.TX_DEFAULT]
    for candidates in (own, default):
        best = _active(candidates, request, moment)
        if best is not None:
            profile, period = best
            limits.append(_convert(period.limit, profile.schedule.unit, request.unit, period.phases, phases))
            break
    return min(limits)


def station_at(profiles: Sequence[ChargingProfile], request: CompositeRequest, moment: datetime) -> float | None:
    """The limit of the whole station, converted for this EVSE. Direct current comes from all phases of the grid."""
    best = _active([each for each in profiles if each.purpose is ProfilePurpose.STATION], request, moment)
    if best is None:
        return None
    profile, period = best
    phases = request.supply.phases
    if phases == 0 and request.unit is RateUnit.WATT:
        phases = GRID_PHASES
    return _convert(period.limit, profile.schedule.unit, request.unit, period.phases, phases)


def total_at(
    profiles: Sequence[ChargingProfile], requests: Sequence[CompositeRequest], unit: RateUnit, second: int
) -> float:
    """The limit of all EVSEs together in one second. `requests` are in W."""
    together = sum(limit_at(profiles, request, second) for request in requests)
    grid = msgspec.structs.replace(requests[0], evse_id=0, supply=Supply(GRID_PHASES, math.inf))
    station = station_at(profiles, grid, grid.start + timedelta(seconds=second))
    watts = min(together, math.inf if station is None else station)
    return watts if unit is RateUnit.WATT else watts / 230.0 / 3


def _convert(limit: float, unit: RateUnit, target: RateUnit, named: int | None, available: int) -> float:
    """Converts amperes per phase to watts of all phases, or back; 0 phases: direct current."""
    if unit is target:
        return limit
    used = 3 if named is None else named
    while used > available:
        used -= 1
    volts = 230.0 * used if available else 400.0
    return limit * volts if target is RateUnit.WATT else limit / volts


def _active(
    profiles: list[ChargingProfile], request: CompositeRequest, moment: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    best: tuple[ChargingProfile, SchedulePeriod] | None = None
    for profile in profiles:
        if profile.evse_id not in (0, request.evse_id):
            continue
        specific = any(
            each.evse_id == request.evse_id and each.stack_level == profile.stack_level
            for each in profiles
            if each.evse_id != 0
        )
        if profile.evse_id == 0 and specific:
            continue
        period = _period(profile, request, moment)
        if period is not None and (best is None or profile.stack_level > best[0].stack_level):
            best = profile, period
    return best


def _period(profile: ChargingProfile, request: CompositeRequest, moment: datetime) -> SchedulePeriod | None:
    if profile.valid_from is not None and moment < profile.valid_from:
        return None
    if profile.valid_to is not None and not moment < profile.valid_to:
        return None
    found = None
    for begin, end in _occurrences(profile, request, moment):
        if begin <= moment < end:
            found = None
            for period in profile.schedule.periods:
                if begin + timedelta(seconds=period.start) <= moment:
                    found = period
    return found


def _occurrences(
    profile: ChargingProfile, request: CompositeRequest, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    duration = profile.schedule.duration
    unlimited = timedelta(days=10_000)
    length = unlimited if duration is None else timedelta(seconds=duration)
    start = profile.schedule.start
    if start is None or profile.kind is ProfileKind.RELATIVE:
        start = request.transaction_start or request.start
    if profile.kind is not ProfileKind.RECURRING:
        yield start, start + length
        return
    step = timedelta(days=1 if profile.recurrency is Recurrency.DAILY else 7)
    while start <= until:
        yield start, start + min(length, step)
        start += step
