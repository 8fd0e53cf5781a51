"""The expected composite schedule, calculated from the charging profiles that the lab has installed (1.6, 3.13).

It is calculated for every second separately, which is slow but simple.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v16 import types as t

STATION = 0
"""The connectorId of a profile for the whole charge point or for all its connectors."""

_PURPOSES = t.ChargingProfilePurposeType


class Installed(NamedTuple):
    """A profile that the station has accepted, and the connector that it is for."""

    connector_id: int
    profile: t.ChargingProfile


class Step(msgspec.Struct, frozen=True):
    """A limit that holds from `start` seconds on."""

    start: int
    limit: float

    def __str__(self) -> str:
        return f"{self.limit:g} from {self.start} s on"


def expected(
    installed: Sequence[Installed], connector_id: int, begin: datetime, seconds: int, local_limit: float
) -> list[Step]:
    """The limits of a connector for so many seconds.

    `local_limit` is the limit of the station itself, which may be lower than that of a profile (5.7). It is ignored if
    it is lower than every limit of the profiles: then the station did not allow charging yet.
    """
    if local_limit < min((_lowest(one.profile) for one in installed), default=0.0):
        local_limit = math.inf
    at = (begin + timedelta(seconds=second) for second in range(seconds))
    return merged(
        Step(second, _limit(installed, connector_id, moment, local_limit)) for second, moment in enumerate(at)
    )


def reported(schedule: t.ChargingSchedule | UnsetType) -> list[Step]:
    """The limits in a composite schedule of the station; none if there is no schedule."""
    periods = () if schedule is UNSET else schedule.charging_schedule_period
    return merged(Step(period.start_period, period.limit) for period in periods)


def merged(steps: Iterable[Step]) -> list[Step]:
    """The same without the steps that do not change the limit."""
    kept: list[Step] = []
    for step in steps:
        if not kept or kept[-1].limit != step.limit:
            kept.append(step)
    return kept


def _lowest(profile: t.ChargingProfile) -> float:
    return min(period.limit for period in profile.charging_schedule.charging_schedule_period)


def _limit(installed: Sequence[Installed], connector_id: int, moment: datetime, local_limit: float) -> float:
    """The lowest limit that applies. A TxProfile overrules a TxDefaultProfile (3.13.1, 3.13.3)."""
    here = [one.profile for one in installed if one.connector_id in (STATION, connector_id)]
    station, transaction, default = (
        _prevailing([profile for profile in here if profile.charging_profile_purpose is purpose], moment)
        for purpose in (_PURPOSES.ChargePointMaxProfile, _PURPOSES.TxProfile, _PURPOSES.TxDefaultProfile)
    )
    limits = (station, default if transaction is None else transaction, local_limit)
    return min(limit for limit in limits if limit is not None)


def _prevailing(profiles: Iterable[t.ChargingProfile], moment: datetime) -> float | None:
    """The limit of the profile with the highest stack level among those that apply now (3.13.2, 5.16.4)."""
    limits = {profile.stack_level: _limit_at(profile, moment) for profile in profiles}
    return next((limit for _, limit in sorted(limits.items(), reverse=True) if limit is not None), None)


def _limit_at(profile: t.ChargingProfile, moment: datetime) -> float | None:
    """The limit of an absolute schedule at a moment; None before its start and after its end (7.8, 7.13)."""
    schedule = profile.charging_schedule
    start = given(schedule.start_schedule)
    assert start is not None, "the lab installs absolute schedules"
    elapsed = (moment - start).total_seconds()
    valid_from, valid_to, duration = given(profile.valid_from), given(profile.valid_to), given(schedule.duration)
    over = (valid_to is not None and moment >= valid_to) or (duration is not None and elapsed >= duration)
    if over or elapsed < 0 or (valid_from is not None and moment < valid_from):
        return None
    begun = [period for period in schedule.charging_schedule_period if period.start_period <= elapsed]
    return begun[-1].limit
