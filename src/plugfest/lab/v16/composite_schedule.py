"""Charging profiles of OCPP 1.6 that the station has accepted, and the composite schedule that follows (3.13)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from plugfest.lab.checks.smart_charging.limits import LimitProfile, Purpose, Step, expected_steps
from plugfest.lab.checks.smart_charging.schedule_check import steps_of
from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v16 import types as t

PURPOSES = {
    t.ChargingProfilePurposeType.ChargePointMaxProfile: Purpose.STATION,
    t.ChargingProfilePurposeType.TxDefaultProfile: Purpose.DEFAULT,
    t.ChargingProfilePurposeType.TxProfile: Purpose.TRANSACTION,
}


class Installed(NamedTuple):
    """A profile that the station has accepted, and the connector that it is for."""

    connector_id: int
    profile: t.ChargingProfile

    @property
    def limits(self) -> LimitProfile:
        assert self.profile.charging_schedule.start_schedule is not UNSET, "the lab installs absolute schedules"
        return limits_of(self.profile, self.connector_id)


def limits_of(profile: t.ChargingProfile, connector_id: int) -> LimitProfile:
    """The limits of a profile for a connector, in its unit."""
    schedule = profile.charging_schedule
    return LimitProfile(
        evse_id=connector_id,
        purpose=PURPOSES[profile.charging_profile_purpose],
        stack_level=profile.stack_level,
        steps=tuple(Step(period.start_period, period.limit) for period in schedule.charging_schedule_period),
        start=given(schedule.start_schedule),
        duration=given(schedule.duration),
        valid_from=given(profile.valid_from),
        valid_to=given(profile.valid_to),
    )


def expected(
    installed: Sequence[Installed], connector_id: int, begin: datetime, seconds: int, local_limit: float
) -> list[Step]:
    """The limits of a connector for so many seconds; see `expected_steps`."""
    return expected_steps([one.limits for one in installed], connector_id, begin, seconds, local_limit)


def reported(schedule: t.ChargingSchedule | UnsetType) -> list[Step]:
    """The limits in a composite schedule of the station; none if there is no schedule."""
    return steps_of(() if schedule is UNSET else schedule.charging_schedule_period)
