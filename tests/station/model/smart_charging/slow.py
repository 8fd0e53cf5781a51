"""A slow reference for composite schedules: calculates each second and each recurrence of a schedule on its own."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from plugfest.station.model.smart_charging.composite import CompositeRequest
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

PHASE_VOLTS = 230.0
LINES = (1, 2, 3)


class SlowLimit(NamedTuple):
    """W, and the phases that carry them; 0: direct current."""

    watts: float
    phases: int
    peak: float | None = None
    """A on the phase with the most, at the grid connection."""

    @property
    def amperes(self) -> float:
        if self.peak is not None:
            return self.peak
        return self.watts / (PHASE_VOLTS * self.phases if self.phases else 400.0)


def limit_at(profiles: Sequence[ChargingProfile], request: CompositeRequest, second: int) -> SlowLimit:
    """The limit in one second of a composite schedule: every allowed number of phases is tried, the highest counts."""
    moment = request.start + timedelta(seconds=second)
    stations = stations_at(profiles, request, second)
    own = [each for each in profiles if each.purpose is ProfilePurpose.TX and each.evse_id == request.evse_id]
    default = [each for each in profiles if each.purpose is ProfilePurpose.TX_DEFAULT]
    of_evse = [
        _active(own, request, moment) or _active(default, request, moment),
        *(_active([each], request, moment) for each in profiles if _is_external(each) and each.evse_id != 0),
    ]
    limiting = [each for each in of_evse if each is not None]
    counts = request.supply.phase_counts
    if not counts:
        watts = [request.supply.power]
        for station in stations:
            per_ampere = min(PHASE_VOLTS * _named(station[1]), 400.0)  # on the phases of the grid, and in the cable
            watts.append(_watts(station, per_ampere))
        watts += [_watts(each, 400.0) for each in limiting]
        return SlowLimit(min(watts), 0)
    active = [*stations, *limiting]
    for phases in sorted(counts, reverse=True):
        if all(_named(period) >= phases for _, period in active):
            hardware = request.supply.power / max(counts) * phases
            return SlowLimit(min([hardware, *(_watts_on(each, phases) for each in active)]), phases)
    return SlowLimit(0.0, min(counts))


def stations_at(
    profiles: Sequence[ChargingProfile], request: CompositeRequest, second: int
) -> list[tuple[ChargingProfile, SchedulePeriod]]:
    """The profiles and the periods that limit the whole station: one of the CSMS, and all of external systems."""
    moment = request.start + timedelta(seconds=second)
    of_station = [each for each in profiles if each.purpose is ProfilePurpose.STATION]
    external = [[each] for each in profiles if _is_external(each) and each.evse_id == 0]
    return [found for each in (of_station, *external) if (found := _active(each, request, moment)) is not None]


def total_at(profiles: Sequence[ChargingProfile], requests: Sequence[CompositeRequest], second: int) -> SlowLimit:
    """The limit of all EVSEs together in one second, on the lines that are in use."""
    limits = [limit_at(profiles, request, second) for request in requests]
    lines = dict.fromkeys(LINES, 0.0)
    for limit in limits:
        for line in LINES:
            if limit.phases == 0:
                lines[line] += limit.watts / 3 / PHASE_VOLTS
            elif line <= limit.phases:
                lines[line] += limit.amperes
    used = 3 if any(limit.phases in (0, 3) for limit in limits) else max(limit.phases for limit in limits)
    stations = stations_at(profiles, requests[0], second)
    for station in stations:
        if station[0].schedule.unit is RateUnit.AMPERE or station[0].schedule.per_named_phase:
            lines = {line: min(amperes, _watts_on(station, 1) / PHASE_VOLTS) for line, amperes in lines.items()}
    drawn = sum(lines.values()) * PHASE_VOLTS
    watts = min([drawn, *(_watts(station, PHASE_VOLTS * _named(station[1])) for station in stations)])
    return SlowLimit(watts, used, max(lines.values()) * (watts / drawn if drawn else 0.0))


def _is_external(profile: ChargingProfile) -> bool:
    return profile.purpose is ProfilePurpose.EXTERNAL


def _named(period: SchedulePeriod) -> int:
    return 3 if period.phases is None else period.phases


def _watts(active: tuple[ChargingProfile, SchedulePeriod], volts: float) -> float:
    profile, period = active
    return period.limit if profile.schedule.unit is RateUnit.WATT else period.limit * volts


def _watts_on(active: tuple[ChargingProfile, SchedulePeriod], phases: int) -> float:
    """What a limit allows on so many phases of alternating current."""
    profile, period = active
    if profile.schedule.per_named_phase and profile.schedule.unit is RateUnit.WATT:
        return period.limit / _named(period) * phases
    return _watts(active, PHASE_VOLTS * phases)


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
