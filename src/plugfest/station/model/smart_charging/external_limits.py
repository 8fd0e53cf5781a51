"""Limits of the whole station or of an EVSE that an external system sets, beside the CSMS (K11 to K13)."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Final

import msgspec

from plugfest.hardware.ports import ExternalLimitChanged
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.limiter import STATION, Limiter
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    LimitSource,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    SchedulePeriod,
)

IDS: Final = {LimitSource.EMS: -1, LimitSource.SYSTEM_OPERATOR: -2, LimitSource.OTHER: -3}
"""The profile ids of the sources for the station: negative, as a CSMS hardly uses such ids (K11.FR.06, K12.FR.05)."""


class ExternalLimits:
    """One limit of each source for the station and for each EVSE, kept as charging profiles.

    `enabled`: whether the station responds to them.
    """

    def __init__(
        self, profiles: ChargingProfiles, limiter: Limiter, now: Callable[[], datetime], enabled: Callable[[], bool]
    ) -> None:
        self.on_change: list[Callable[[LimitSource, ChargingProfile | None, ChargingProfile | None], None]] = []
        """Called with the source and its profiles before and after the change."""
        self._profiles = profiles
        self._limiter = limiter
        self._now = now
        self._enabled = enabled

    def apply(self, event: ExternalLimitChanged) -> None:
        """Obey a new limit, or no longer obey the one that was released. K11.FR.01, K12.FR.01, K13.FR.01"""
        if not self._enabled():
            return
        source, evse_id = LimitSource(event.source), STATION if event.evse_id is None else event.evse_id
        before = self._installed(source, evse_id)
        after = None if event.watts is None else external_profile(event, event.watts, self._now())
        with self._limiter.own_change():
            if after is not None:
                after = msgspec.structs.replace(after, id=self._free_id(after.id) if before is None else before.id)
                self._profiles.put(after)
            elif before is not None:
                self._profiles.clear(lambda each: each == before)
            for listener in self.on_change:
                listener(source, before, after)

    def _free_id(self, wanted: int) -> int:
        """The highest id up to `wanted` that no profile has: the CSMS may use negative ids nevertheless."""
        used = {each.id for each in self._profiles}
        return next(id for id in count(wanted, -1) if id not in used)

    def _installed(self, source: LimitSource, evse_id: int) -> ChargingProfile | None:
        external = (each for each in self._profiles if each.purpose is ProfilePurpose.EXTERNAL)
        return next((each for each in external if (each.source, each.evse_id) == (source, evse_id)), None)


def external_profile(event: ExternalLimitChanged, watts: float, now: datetime) -> ChargingProfile:
    """An external limit as a profile, from now on. K11.FR.06, K12.FR.05"""
    source, evse_id = LimitSource(event.source), STATION if event.evse_id is None else event.evse_id
    later = (SchedulePeriod(period.start, period.watts) for period in event.later)
    schedule = ChargingSchedule(
        id=1,
        unit=RateUnit.WATT,
        periods=(SchedulePeriod(0, watts), *later),
        duration=event.duration,
        start=now,
        starts_on_arrival=True,
    )
    return ChargingProfile(
        id=IDS[source] - len(IDS) * evse_id,
        evse_id=evse_id,
        stack_level=0,
        purpose=ProfilePurpose.EXTERNAL,
        kind=ProfileKind.ABSOLUTE,
        schedule=schedule,
        source=source,
    )
