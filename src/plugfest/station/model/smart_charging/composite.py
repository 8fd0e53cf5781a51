"""The composite schedule: the limit that follows from all charging profiles together, over time. Pure rules.

A limit is a power on a number of phases; amperes and watts are two ways to write it. Times are seconds since the start
of the requested schedule.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plugfest.station.model.smart_charging.profile import (
    ALL_PHASES,
    ChargingProfile,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

NOMINAL_VOLTAGE: Final = 230.0
"""V. Amperes and watts are converted with the nominal voltage, not with the measured one (1.6, 7.12)."""

DC_VOLTAGE: Final = 400.0
"""V. For direct current: the battery voltage of most EVs."""

MAX_DURATION: Final = timedelta(days=31).total_seconds()
"""Maximum duration of a composite schedule, in seconds."""

MIN_CURRENT: Final = 6.0
"""A. The minimum current that the control pilot can signal (IEC 61851-1)."""

_ROUNDING: Final = 1e-6

_OF_STATION: Final = frozenset({ProfilePurpose.STATION, ProfilePurpose.EXTERNAL})

_RECURRENCE_PERIODS: Final = {Recurrency.DAILY: timedelta(days=1), Recurrency.WEEKLY: timedelta(days=7)}


class Limit(msgspec.Struct, frozen=True):
    """The maximum power in W, and the number of phases that carry it; 0 phases: direct current."""

    power: float
    phases: int

    @property
    def volts(self) -> float:
        """W for each A per phase."""
        return NOMINAL_VOLTAGE * self.phases if self.phases else DC_VOLTAGE

    @property
    def current(self) -> float:
        """A per phase."""
        return self.power / self.volts

    def in_unit(self, unit: RateUnit) -> float:
        return self.power if unit is RateUnit.WATT else self.current

    def watts(self, value: float, unit: RateUnit) -> float:
        """A value as it is given (1.6 erratum 3.34), on these phases, in W."""
        return value if unit is RateUnit.WATT else value * self.volts

    @property
    def min_power(self) -> float:
        """The minimum power that an EV can charge with on these phases, in W."""
        return MIN_CURRENT * self.volts if self.phases else 0.0

    @property
    def deliverable(self) -> "Limit":
        """What an EV gets: nothing if the limit is below `min_power`."""
        return self if self.power >= self.min_power - _ROUNDING else Limit(0.0, self.phases)


class GridLimit(Limit, frozen=True):
    """A limit at the grid connection, where the phases may carry different currents."""

    peak: float
    """A on the phase with the most."""

    @property
    def current(self) -> float:
        return self.peak


class Supply(msgspec.Struct, frozen=True):
    """The supply of an EVSE: the numbers of phases that it can use (none: direct current), and its maximum, in W."""

    phase_counts: frozenset[int]
    power: float

    def on_phases(self, allowed: int) -> Limit:
        """Its maximum on the highest possible number of phases up to `allowed`: nothing if there is none."""
        if not self.phase_counts:
            return Limit(self.power, 0)
        usable = max((count for count in self.phase_counts if count <= allowed), default=None)
        if usable is None:  # K01.FR.43: it cannot ensure that no more phases are used
            return Limit(0.0, min(self.phase_counts))
        return Limit(self.power * usable / max(self.phase_counts), usable)


class Interval(msgspec.Struct, frozen=True):
    """A limit from `start` on."""

    start: float
    limit: Limit


class CompositeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which composite schedule to calculate. `duration` in seconds."""

    start: datetime
    duration: float
    evse_id: int
    supply: Supply
    transaction_start: datetime | None = None
    """Start of the transaction at the EVSE. None: as if one started at `start`."""


class StationLimit(msgspec.Struct, frozen=True):
    """A limit of the whole station, in the unit of its profile; in A it is for each of its phases (1.6, 7.12)."""

    limit: float
    unit: RateUnit
    phases: int
    per_named_phase: bool = False
    """As in the schedule: the limit in W stands for a current on each phase."""

    def watts_per_unit(self, phases: int) -> float:
        """W that an EVSE draws for each unit; direct current (0 phases) comes from all phases of the station."""
        if self.unit is RateUnit.AMPERE:
            return NOMINAL_VOLTAGE * (phases or self.phases)
        return (phases or self.phases) / self.phases if self.per_named_phase else 1.0

    @property
    def per_phase(self) -> float:
        """A on each phase of the grid."""
        if self.unit is RateUnit.AMPERE:
            return self.limit
        return self.limit / (NOMINAL_VOLTAGE * self.phases) if self.per_named_phase else math.inf


def composite(profiles: Sequence[ChargingProfile], request: CompositeRequest) -> tuple[Interval, ...]:
    """The limits of an EVSE over time (1.6, 3.13.3; K08)."""
    applicable = [profile for profile in profiles if profile.evse_id in (0, request.evse_id)]
    return merged(Interval(second, _limit_at(applicable, request, second)) for second in _edges(applicable, request))


def station_limits(
    profiles: Sequence[ChargingProfile], request: CompositeRequest, second: float = 0.0
) -> tuple[StationLimit, ...]:
    """The limits of the whole station in a second of the request: each has to be kept (SC.01)."""
    external = ([profile] for profile in _external(profiles) if profile.evse_id == 0)
    found = [_active_period(profiles, ProfilePurpose.STATION, request, request.start + timedelta(seconds=second))]
    found += [
        _active_period(each, ProfilePurpose.EXTERNAL, request, request.start + timedelta(seconds=second))
        for each in external
    ]
    return tuple(
        StationLimit(period.limit, profile.schedule.unit, period.allowed_phases, profile.schedule.per_named_phase)
        for profile, period in filter(None, found)
    )


def _external(profiles: Iterable[ChargingProfile]) -> Iterator[ChargingProfile]:
    return (profile for profile in profiles if profile.purpose is ProfilePurpose.EXTERNAL)


def station_limit_changes(profiles: Sequence[ChargingProfile], request: CompositeRequest) -> list[float]:
    """The seconds of the request, including 0, at which `station_limits` may change."""
    of_station = [profile for profile in profiles if profile.purpose in _OF_STATION and profile.evse_id == 0]
    return _edges(of_station, request)


def total(
    profiles: Sequence[ChargingProfile], request: CompositeRequest, schedules: Sequence[Sequence[Interval]]
) -> tuple[Interval, ...]:
    """The composite schedule of the whole station (1.6, 5.7; K08.FR.03), from those of all EVSEs."""
    starts = {interval.start for schedule in schedules for interval in schedule}
    return merged(
        Interval(
            second,
            _grid_limit([in_force(each, second) for each in schedules], station_limits(profiles, request, second)),
        )
        for second in sorted(starts.union(station_limit_changes(profiles, request)))
    )


def min_charging_power(profiles: Sequence[ChargingProfile], request: CompositeRequest, phases: int) -> float:
    """minChargingRate (1.6, 7.13) at the start of the request, in W on so many phases; 0 if there is none."""
    applicable = [profile for profile in profiles if profile.evse_id in (0, request.evse_id)]
    found = _for_transaction(applicable, request, request.start)
    rate = None if found is None else found[0].schedule.min_rate
    if found is None or rate is None:
        return 0.0
    return Limit(0.0, phases).watts(rate, found[0].schedule.unit)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Joins neighbouring intervals with the same limit."""
    kept: list[Interval] = []
    for interval in intervals:
        if not kept or kept[-1].limit != interval.limit:
            kept.append(interval)
    return tuple(kept)


def in_force(schedule: Sequence[Interval], second: float) -> Limit:
    """The limit at a second, which is not before the first interval."""
    return next(interval.limit for interval in reversed(schedule) if interval.start <= second)


def _grid_limit(limits: Sequence[Limit], stations: Sequence[StationLimit]) -> GridLimit:
    """The limits of all EVSEs together, on the phases of the grid. An EVSE uses the first ones, direct current all.

    If the limit of the station in W is lower, each phase has its share of it.
    """
    phases = max(limit.phases or ALL_PHASES for limit in limits)
    per_phase = min((station.per_phase for station in stations), default=math.inf)
    currents = [min(sum(_grid_current(limit, phase) for limit in limits), per_phase) for phase in range(phases)]
    drawn = NOMINAL_VOLTAGE * sum(currents)
    power = min([drawn, *(station.limit * station.watts_per_unit(0) for station in stations)])
    return GridLimit(power, phases, max(currents) * power / drawn if drawn else 0.0)


def _grid_current(limit: Limit, phase: int) -> float:
    """A that an EVSE draws from a phase of the grid; phases count from 0."""
    if not limit.phases:
        return limit.power / (NOMINAL_VOLTAGE * ALL_PHASES)
    return limit.current if phase < limit.phases else 0.0


def _limit_at(profiles: Sequence[ChargingProfile], request: CompositeRequest, second: float) -> Limit:
    """The lowest of the limits of the station, the EVSE, the transaction and the hardware.

    It is on the phases that all of them allow.
    """
    moment = request.start + timedelta(seconds=second)
    stations = station_limits(profiles, request, second)
    own = _limits_of_evse(profiles, request, moment)
    allowed = [station.phases for station in stations] + [period.allowed_phases for _, period in own]
    limit = request.supply.on_phases(min(allowed, default=ALL_PHASES))  # 2.0.1 erratum 2.36: the lowest number counts
    powers = [limit.power]
    for station in stations:
        # In A it is for each phase of the grid, and for the direct current to an EV.
        powers.append(station.limit * station.watts_per_unit(limit.phases))
        powers.append(limit.watts(station.limit, station.unit))
    powers += [_watts(limit, *each) for each in own]
    return Limit(min(powers), limit.phases)


def _limits_of_evse(
    profiles: Sequence[ChargingProfile], request: CompositeRequest, moment: datetime
) -> list[tuple[ChargingProfile, SchedulePeriod]]:
    """The limit of the transaction, and those of external systems for the EVSE (SC.01)."""
    external = [[profile] for profile in _external(profiles) if profile.evse_id != 0]
    found = [_active_period(each, ProfilePurpose.EXTERNAL, request, moment) for each in external]
    return [each for each in (_for_transaction(profiles, request, moment), *found) if each is not None]


def _watts(limit: Limit, profile: ChargingProfile, period: SchedulePeriod) -> float:
    """The limit of a period on the phases of `limit`, in W."""
    watts = limit.watts(period.limit, profile.schedule.unit)
    divided = profile.schedule.per_named_phase and profile.schedule.unit is RateUnit.WATT and limit.phases
    return watts * limit.phases / period.allowed_phases if divided else watts  # K01.FR.50


def _for_transaction(
    profiles: Sequence[ChargingProfile], request: CompositeRequest, moment: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    """A profile for the transaction has priority over a default profile (1.6, 3.13.1)."""
    own = _active_period(profiles, ProfilePurpose.TX, request, moment)
    return own or _active_period(profiles, ProfilePurpose.TX_DEFAULT, request, moment)


def _active_period(
    profiles: Sequence[ChargingProfile], purpose: ProfilePurpose, request: CompositeRequest, moment: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    """The profile with the highest stack level that has a limit now, and its period (1.6, 3.13.2, 5.16.4)."""
    candidates = [profile for profile in profiles if profile.purpose is purpose]
    overridden = {profile.stack_level for profile in candidates if profile.evse_id != 0}
    ranked = sorted(candidates, key=lambda profile: profile.stack_level, reverse=True)
    for profile in ranked:
        if profile.evse_id == 0 and profile.stack_level in overridden and request.evse_id != 0:
            # 1.6, 3.13.1: one of this EVSE has replaced it, also after its end or before validFrom (3.13.2).
            # In 2.0.1 there are never both (K01.FR.52, K01.FR.53).
            continue
        period = _period(profile, request, moment)
        if period is not None:
            return profile, period
    return None


def _period(profile: ChargingProfile, request: CompositeRequest, moment: datetime) -> SchedulePeriod | None:
    """The period of a profile at a moment; None if there is none."""
    if profile.valid_from is not None and moment < profile.valid_from:
        return None
    if profile.valid_to is not None and moment >= profile.valid_to:
        return None
    elapsed = (moment - _schedule_start(profile, request, moment)).total_seconds()
    duration = profile.schedule.duration
    if elapsed < 0 or (duration is not None and elapsed >= duration):
        return None
    starts = [period.start for period in profile.schedule.periods]
    position = bisect_right(starts, elapsed) - 1
    return profile.schedule.periods[position] if position >= 0 else None


def _schedule_start(profile: ChargingProfile, request: CompositeRequest, moment: datetime) -> datetime:
    """The start of the schedule, or of its recurrence, at a moment."""
    start = profile.schedule.start
    if profile.kind is ProfileKind.RELATIVE or start is None:
        return request.transaction_start or request.start
    if profile.kind is ProfileKind.RECURRING and profile.recurrency is not None and moment >= start:
        return (
            start
            + (moment - start) // _RECURRENCE_PERIODS[profile.recurrency] * _RECURRENCE_PERIODS[profile.recurrency]
        )  # erratum 3.79
    return start


# When a limit can change


def _edges(profiles: Iterable[ChargingProfile], request: CompositeRequest) -> list[float]:
    return sorted({0.0, *_change_times(profiles, request)})


def _change_times(profiles: Iterable[ChargingProfile], request: CompositeRequest) -> Iterator[float]:
    """Every second within the request at which the limit of a profile may change."""
    end = request.start + timedelta(seconds=request.duration)
    for profile in profiles:
        for moment in _change_moments(profile, request, end):
            if request.start < moment < end:
                yield (moment - request.start).total_seconds()


def _change_moments(profile: ChargingProfile, request: CompositeRequest, end: datetime) -> Iterator[datetime]:
    yield from filter(None, (profile.valid_from, profile.valid_to))
    offsets = [period.start for period in profile.schedule.periods]
    if profile.schedule.duration is not None:
        offsets.append(profile.schedule.duration)
    start = _schedule_start(profile, request, request.start)
    while start < end:
        yield start
        yield from (start + timedelta(seconds=offset) for offset in offsets)
        if profile.kind is not ProfileKind.RECURRING or profile.recurrency is None:
            return
        start += _RECURRENCE_PERIODS[profile.recurrency]
