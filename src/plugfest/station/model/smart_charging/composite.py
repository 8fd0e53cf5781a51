"""The composite schedule: the limit that follows from all charging profiles together, over time. Pure rules.

Times are seconds since the start of the requested schedule.
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
"""V. Amperes and watts are converted with the nominal voltage, not with the measured one (1.6, 7.12)."""

DC_VOLTAGE: Final = 400.0
"""V. For direct current: the battery voltage of most EVs."""

MAX_DURATION: Final = timedelta(days=31).total_seconds()
"""Maximum duration of a composite schedule, in seconds."""

MIN_CURRENT: Final = 6.0
"""A. The minimum current that the control pilot can signal (IEC 61851-1)."""

_ROUNDING: Final = 1e-6

_ALL_PHASES: Final = 3
"""The number of phases of a period that names none (1.6, 7.14)."""

_RECURRENCE_PERIODS: Final = {Recurrency.DAILY: timedelta(days=1), Recurrency.WEEKLY: timedelta(days=7)}


class Supply(msgspec.Struct, frozen=True):
    """The supply of an EVSE. `phases` is 0 for direct current; `power` is the maximum, in W."""

    phases: int
    power: float

    def watts(self, limit: float, unit: RateUnit, phases: int | None) -> float:
        """A limit in W. Phases that the supply does not have are not counted (erratum 3.34)."""
        return limit if unit is RateUnit.WATT else limit * self._volts(phases)

    def amperes(self, limit: float, unit: RateUnit, phases: int | None) -> float:
        """A limit in A per phase."""
        return limit if unit is RateUnit.AMPERE else limit / self._volts(phases)

    @property
    def min_power(self) -> float:
        """The minimum power that an EV can charge with, in W."""
        return MIN_CURRENT * self._volts(None) if self.phases else 0.0

    def deliverable(self, power: float) -> float:
        """The power for an EV under a limit: 0 if the limit is below `min_power`."""
        return power if power >= self.min_power - _ROUNDING else 0.0

    @property
    def grid_supply(self) -> "Supply":
        """The supply from the grid for it: the same phases; for direct current all phases."""
        return self if self.phases else GRID

    def _volts(self, phases: int | None) -> float:
        if not self.phases:
            return DC_VOLTAGE
        return NOMINAL_VOLTAGE * min(phases or _ALL_PHASES, self.phases)


GRID: Final = Supply(3, math.inf)
"""The supply that a limit of the whole station refers to."""


class Interval(msgspec.Struct, frozen=True):
    """A limit from `start` on."""

    start: float
    limit: float
    phases: int | None = None


class CompositeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which composite schedule to calculate. `duration` in seconds."""

    start: datetime
    duration: float
    unit: RateUnit
    evse_id: int
    supply: Supply
    transaction_start: datetime | None = None
    """Start of the transaction at the EVSE. None: as if one started at `start`."""


def composite(profiles: Sequence[ChargingProfile], request: CompositeRequest) -> tuple[Interval, ...]:
    """The limits of an EVSE over time (1.6, 3.13.3; K08)."""
    applicable = [profile for profile in profiles if profile.evse_id in (0, request.evse_id)]
    edges = sorted({0.0, *_change_times(applicable, request)})
    return merged(_limit_at(applicable, request, edge) for edge in edges)


def station_limit(profiles: Sequence[ChargingProfile], request: CompositeRequest) -> tuple[Interval, ...]:
    """The limit of the whole station by its charging profiles; infinite without one."""
    own = [profile for profile in profiles if profile.purpose is ProfilePurpose.STATION]
    return composite(own, msgspec.structs.replace(request, evse_id=0, supply=GRID))


def station_budget(profiles: Sequence[ChargingProfile], request: CompositeRequest) -> tuple[float, RateUnit] | None:
    """The limit of the whole station at the start of the request, in the unit of its profile; None: no limit."""
    found = _active_period(profiles, ProfilePurpose.STATION, request, request.start)
    return None if found is None else (found[1].limit, found[0].schedule.unit)


def total(
    profiles: Sequence[ChargingProfile], requests: Sequence[CompositeRequest], unit: RateUnit
) -> tuple[Interval, ...]:
    """The composite schedule of the whole station (1.6, 5.7), from a request for each EVSE."""
    in_watts = [msgspec.structs.replace(request, unit=RateUnit.WATT) for request in requests]
    schedules = [composite(profiles, request) for request in in_watts]
    station = station_limit(profiles, in_watts[0])
    starts = sorted({interval.start for schedule in (station, *schedules) for interval in schedule})
    watts = ((at, min(sum(_limit_in(each, at) for each in schedules), _limit_in(station, at))) for at in starts)
    convert = GRID.watts if unit is RateUnit.WATT else GRID.amperes
    return merged(Interval(at, convert(limit, RateUnit.WATT, None)) for at, limit in watts)


def min_charging_power(profiles: Sequence[ChargingProfile], request: CompositeRequest) -> float:
    """minChargingRate (1.6, 7.13) at the start of the request, in W; 0 if there is none."""
    applicable = [profile for profile in profiles if profile.evse_id in (0, request.evse_id)]
    found = _for_transaction(applicable, request, request.start)
    if found is None:
        return 0.0
    schedule, period = found[0].schedule, found[1]
    return request.supply.watts(schedule.min_rate or 0.0, schedule.unit, period.phases)


def _limit_in(schedule: Sequence[Interval], second: float) -> float:
    return next(interval.limit for interval in reversed(schedule) if interval.start <= second)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Joins neighbouring intervals with the same limit."""
    kept: list[Interval] = []
    for interval in intervals:
        if not kept or (kept[-1].limit, kept[-1].phases) != (interval.limit, interval.phases):
            kept.append(interval)
    return tuple(kept)


def _limit_at(profiles: Sequence[ChargingProfile], request: CompositeRequest, second: float) -> Interval:
    """The lowest of the limits of the station, the transaction and the hardware."""
    moment = request.start + timedelta(seconds=second)
    station = _active_period(profiles, ProfilePurpose.STATION, request, moment)
    transaction = _for_transaction(profiles, request, moment)
    limits: list[tuple[float, int | None]] = [(_hardware_limit(request), None)]
    if station is not None:
        limits.append((_in_unit(*station, request, request.supply.grid_supply), station[1].phases))
    if transaction is not None:
        limits.append((_in_unit(*transaction, request, request.supply), transaction[1].phases))
    return Interval(second, *min(limits, key=lambda each: each[0]))


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
            continue  # 1.6, 3.13.1: a profile of this EVSE replaces it
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


def _in_unit(profile: ChargingProfile, period: SchedulePeriod, request: CompositeRequest, supply: Supply) -> float:
    """The limit of a period of `supply`, in the requested unit, for the requested EVSE."""
    unit = profile.schedule.unit
    if request.unit is RateUnit.WATT:
        return supply.watts(period.limit, unit, period.phases)
    return request.supply.amperes(period.limit, unit, period.phases)


def _hardware_limit(request: CompositeRequest) -> float:
    if request.unit is RateUnit.WATT:
        return request.supply.power
    return request.supply.amperes(request.supply.power, RateUnit.WATT, None)


# When a limit can change


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
