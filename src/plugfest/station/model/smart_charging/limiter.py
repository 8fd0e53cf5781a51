"""Holds every EVSE to what the charging profiles allow, from one moment to the next."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.composite import (
    CompositeRequest,
    Interval,
    Supply,
    composite,
    min_charging_power,
    station_budget,
    station_limit,
    total,
)
from plugfest.station.model.smart_charging.profile import ChargingProfile, RateUnit
from plugfest.station.model.smart_charging.sharing import share
from plugfest.station.model.timers import Timers

_HORIZON: Final = 3600.0
"""Seconds for which limits are worked out; by then they are worked out anew."""

_TIMER: Final = "next limit"

STATION: Final = 0
"""In place of an EVSE: the whole station."""


class Limiter:
    """`look` hears of an EVSE at which charging is suspended or resumed."""

    def __init__(
        self,
        profiles: ChargingProfiles,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        timers: Timers,
        now: Callable[[], datetime],
        look: Callable[[int], None],
    ) -> None:
        self._profiles = profiles
        self._sessions = sessions
        self._paths = paths
        self._timers = timers
        self._now = now
        self._update_evse = look
        self._delivering: frozenset[int] = frozenset()

    def schedule(self, evse_id: int, unit: RateUnit, duration: float) -> tuple[Interval, ...]:
        """The composite schedule of an EVSE from now on, or of the whole station."""
        profiles = list(self._profiles)
        if evse_id == STATION:
            return total(profiles, [self._request(each, unit, duration) for each in self._paths], unit)
        return composite(profiles, self._request(evse_id, unit, duration))

    def delivery_changed(self) -> None:
        """Some EVSE may have begun or ceased to deliver: who shares a limit with it has another one then."""
        delivering = self._delivering_evses()
        if delivering != self._delivering:
            self.refresh()

    def refresh(self) -> None:
        """Work out all limits as they are now, and come back when the next one begins."""
        self._delivering = self._delivering_evses()
        profiles = list(self._profiles)
        questions = {evse_id: self._request(evse_id, RateUnit.WATT, _HORIZON) for evse_id in self._paths}
        schedules = {evse_id: composite(profiles, question) for evse_id, question in questions.items()}
        station = station_limit(profiles, questions[min(questions)])
        limits = {
            evse_id: questions[evse_id].supply.deliverable(schedule[0].limit) for evse_id, schedule in schedules.items()
        }
        self._apply(limits | self._shares(profiles, questions, limits))
        changes = [interval.start for schedule in (station, *schedules.values()) for interval in schedule[1:]]
        self._timers.set(_TIMER, min(changes, default=_HORIZON), self.refresh)

    def _shares(
        self,
        profiles: Sequence[ChargingProfile],
        questions: Mapping[int, CompositeRequest],
        limits: Mapping[int, float],
    ) -> dict[int, float]:
        """What those who deliver get of what there is for all: amperes on each phase are shared as such (1.6, 7.12)."""
        budget = station_budget(profiles, questions[min(questions)])
        if budget is None:
            return {}
        power, unit = budget
        per_unit = {
            evse_id: questions[evse_id].supply.grid_supply.watts(1.0, unit, None) for evse_id in self._delivering
        }
        wanted = {evse_id: limits[evse_id] / watts for evse_id, watts in per_unit.items()}
        least = {
            evse_id: max(questions[evse_id].supply.min_power, min_charging_power(profiles, questions[evse_id])) / watts
            for evse_id, watts in per_unit.items()
        }
        return {evse_id: each * per_unit[evse_id] for evse_id, each in share(power, wanted, least).items()}

    def _apply(self, limits: Mapping[int, float]) -> None:
        for evse_id, path in self._paths.items():
            if path.limit(limits[evse_id]):
                asyncio.get_running_loop().call_soon(self._update_evse, evse_id)

    def _delivering_evses(self) -> frozenset[int]:
        return frozenset(evse_id for evse_id, path in self._paths.items() if path.delivering)

    def _request(self, evse_id: int, unit: RateUnit, duration: float) -> CompositeRequest:
        evse = self._paths[evse_id].evse
        transaction = self._sessions.at(evse_id).transaction
        return CompositeRequest(
            start=self._now(),
            duration=duration,
            unit=unit,
            evse_id=evse_id,
            supply=Supply(evse.phases, evse.max_power),
            transaction_start=None if transaction is None else transaction.started_at,
        )
