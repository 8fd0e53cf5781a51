"""What a composite schedule has to say, worked out from what the lab has installed (1.6, 3.13).

Every second by itself: slow, and simple enough to be believed.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v16 import types as t

STATION = 0
"""The connectorId of a profile for the whole charge point or all its connectors."""

_PURPOSES = t.ChargingProfilePurposeType


class Installed(NamedTuple):
    """A profile that the station has taken, and the connector it was sent for."""

    connector_id: int
    profile: t.ChargingProfile


class Step(msgspec.Struct, frozen=True):
    """From `start` seconds on this is the limit."""

    start: int
    limit: float

    def __str__(self) -> str:
        return f"{self.limit:g} from {self.start} s on"


def expected(
    installed: Sequence[Installed], connector_id: int, begin: datetime, seconds: int, own: float
) -> list[Step]:
    """The limits of a connector for so many seconds.

    `own` is what the station has allowed by itself, which may be less than a profile does (5.7). It does not count if
    it is less than the least limit of all: then nothing was to be charged yet.
    """
    if own < min((_least(one.profile) for one in installed), default=0.0):
        own = math.inf
    at = (begin + timedelta(seconds=second) for second in range(seconds))
    return merged(Step(second, _limit(installed, connector_id, moment, own)) for second, moment in enumerate(at))


def reported(schedule: t.ChargingSchedule | UnsetType) -> list[Step]:
    """The limits that a composite schedule says; none if there is no schedule."""
    periods = () if schedule is UNSET else schedule.charging_schedule_period
    return merged(Step(period.start_period, period.limit) for period in periods)


def merged(steps: Iterable[Step]) -> list[Step]:
    """The same with no step that goes on with the limit before it."""
    kept: list[Step] = []
    for step in steps:
        if not kept or kept[-1].limit != step.limit:
            kept.append(step)
    return kept


def _least(profile: t.ChargingProfile) -> float:
    return min(period.limit for period in profile.charging_schedule.charging_schedule_period)


def _limit(installed: Sequence[Installed], connector_id: int, moment: datetime, own: float) -> float:
    """The lowest of all that counts; what is for the transaction overrules what is for any (3.13.1, 3.13.3)."""
    here = [one.profile for one in installed if one.connector_id in (STATION, connector_id)]
    station, transaction, usual = (
        _prevailing([profile for profile in here if profile.charging_profile_purpose is purpose], moment)
        for purpose in (_PURPOSES.ChargePointMaxProfile, _PURPOSES.TxProfile, _PURPOSES.TxDefaultProfile)
    )
    said = (station, usual if transaction is None else transaction, own)
    return min(limit for limit in said if limit is not None)


def _prevailing(profiles: Iterable[t.ChargingProfile], moment: datetime) -> float | None:
    """What the profile with the highest stack level says, of those that say something (3.13.2, 5.16.4)."""
    says = {profile.stack_level: _says(profile, moment) for profile in profiles}
    return next((limit for _, limit in sorted(says.items(), reverse=True) if limit is not None), None)


def _says(profile: t.ChargingProfile, moment: datetime) -> float | None:
    """The limit of an absolute schedule at a moment; None where it is over or not there yet (7.8, 7.13)."""
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
