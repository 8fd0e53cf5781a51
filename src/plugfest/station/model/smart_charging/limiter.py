"""Applies the limits of the charging profiles to the EVSEs, now and whenever they change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.composite import (
    CompositeRequest,
    Interval,
    Limit,
    StationLimit,
    Supply,
    composite,
    min_charging_power,
    station_limit_changes,
    station_limits,
    total,
)
from plugfest.station.model.smart_charging.ev_plans import EvPlans
from plugfest.station.model.smart_charging.profile import ChargingProfile
from plugfest.station.model.smart_charging.sharing import share
from plugfest.station.model.timers import Timers

_HORIZON: Final = 3600.0
"""Seconds for which limits are calculated ahead; after that they are calculated again."""

_TIMER: Final = "next limit"

STATION: Final = 0
"""EVSE id of the whole station."""


class Limiter:
    """Calls `update_evse` with an EVSE where a limit suspends or resumes charging."""

    def __init__(
        self,
        profiles: ChargingProfiles,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        timers: Timers,
        now: Callable[[], datetime],
        update_evse: Callable[[int], None],
    ) -> None:
        self._profiles = profiles
        self._sessions = sessions
        self._paths = paths
        self._timers = timers
        self._now = now
        self._update_evse = update_evse
        self.ev_plans = EvPlans()
        self._delivering: frozenset[int] = frozenset()
        self._rates: dict[int, float] = {}
        self.on_own_change: list[Callable[[Mapping[int, float], Mapping[int, float]], None]] = []
        """Called after `own_change` with the limits of the EVSEs that deliver, in W: before and after."""

    def schedule(self, evse_id: int, duration: float, choice: int | None = None) -> tuple[Interval, ...]:
        """The composite schedule of an EVSE from now on, or of the whole station.

        `choice`: as if the EV had chosen the schedules of this number, from 0.
        """
        profiles = [each if choice is None else each.with_choice(choice) for each in self._profiles]
        if evse_id != STATION:
            return composite(profiles, self._request(evse_id, duration))
        requests = [self._request(each, duration) for each in self._paths]
        return total(profiles, requests[0], [composite(profiles, each) for each in requests])

    def expected(self, evse_id: int, duration: float) -> tuple[Interval, ...]:
        """As `schedule`, lower where an EV has planned to draw less (SC.04)."""
        if not self.ev_plans:
            return self.schedule(evse_id, duration)
        now = self._now()
        if evse_id != STATION:
            return self.ev_plans.expected(evse_id, self.schedule(evse_id, duration), now, duration)
        schedules = [self.ev_plans.expected(each, self.schedule(each, duration), now, duration) for each in self._paths]
        return total(list(self._profiles), self._request(min(self._paths), duration), schedules)

    def delivery_changed(self) -> None:
        """Recalculate if an EVSE has started or stopped delivery: EVSEs share the limit of the station."""
        if self._delivering_evses() != self._delivering:
            with self.own_change():
                self.refresh()

    def clock_set(self, jump: timedelta) -> None:
        """The clock jumped: profiles that begin at a time of day have other limits now."""
        self._profiles.clock_set(jump)
        for session in self._sessions:
            if session.transaction is not None:
                session.transaction.started_at += jump
                self._sessions.save(session)
        self.refresh()

    @contextmanager
    def own_change(self) -> Iterator[None]:
        """A change of the limits by the station itself or an external system, that the listeners learn of."""
        before = self._rates
        yield
        for listener in self.on_own_change:
            listener(before, self._rates)

    def refresh(self) -> None:
        """Calculate and apply all limits, and do it again when the next one begins."""
        self._delivering = self._delivering_evses()
        profiles = list(self._profiles)
        requests = {evse_id: self._request(evse_id, _HORIZON) for evse_id in self._paths}
        schedules = {evse_id: composite(profiles, request) for evse_id, request in requests.items()}
        limits = {evse_id: schedule[0].limit.deliverable for evse_id, schedule in schedules.items()}
        limits |= self._shares(profiles, requests, limits)
        changes = [interval.start for schedule in schedules.values() for interval in schedule[1:]]
        changes += station_limit_changes(profiles, requests[min(requests)])[1:]
        self._timers.set(_TIMER, min(changes, default=_HORIZON), self.refresh)
        self._apply(limits)
        self._rates = {evse_id: limits[evse_id].deliverable.power for evse_id in self._delivering}

    def _shares(
        self,
        profiles: Sequence[ChargingProfile],
        requests: Mapping[int, CompositeRequest],
        limits: Mapping[int, Limit],
    ) -> dict[int, Limit]:
        """The shares of the EVSEs that deliver in each limit of the station."""
        shares = {evse_id: limits[evse_id] for evse_id in self._delivering}
        minimum = {evse_id: self._min_power(profiles, requests[evse_id], limits[evse_id]) for evse_id in shares}
        priority = {evse_id: self._sessions.at(evse_id).charging_priority for evse_id in shares}
        for station in station_limits(profiles, requests[min(requests)]):
            shares = _shared(station, shares, minimum, priority)
        return shares

    @staticmethod
    def _min_power(profiles: Sequence[ChargingProfile], request: CompositeRequest, limit: Limit) -> float:
        return max(limit.min_power, min_charging_power(profiles, request, limit.phases))

    def _apply(self, limits: Mapping[int, Limit]) -> None:
        for evse_id, path in self._paths.items():
            if path.limit(limits[evse_id].power, limits[evse_id].phases):
                self._timers.set(f"limit of EVSE {evse_id}", 0.0, partial(self._update_evse, evse_id))

    def _delivering_evses(self) -> frozenset[int]:
        return frozenset(evse_id for evse_id, path in self._paths.items() if path.delivering)

    def _request(self, evse_id: int, duration: float) -> CompositeRequest:
        evse = self._paths[evse_id].evse
        transaction = self._sessions.at(evse_id).transaction
        return CompositeRequest(
            start=self._now(),
            duration=duration,
            evse_id=evse_id,
            supply=Supply(frozenset(evse.phase_counts), evse.max_power),
            transaction_start=None if transaction is None else transaction.started_at,
        )


def _shared(
    station: StationLimit, limits: Mapping[int, Limit], min_power: Mapping[int, float], priority: Mapping[int, int]
) -> dict[int, Limit]:
    """The limits of EVSEs that together keep the limit of the station."""
    per_unit = {evse_id: station.watts_per_unit(limit.phases) for evse_id, limit in limits.items()}
    requested = {evse_id: limit.power / per_unit[evse_id] for evse_id, limit in limits.items()}
    minimum = {evse_id: power / per_unit[evse_id] for evse_id, power in min_power.items()}
    shares = share(station.limit, requested, minimum, priority)
    return {evse_id: Limit(each * per_unit[evse_id], limits[evse_id].phases) for evse_id, each in shares.items()}
