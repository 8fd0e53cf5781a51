"""The limits in a charging profile of OCPP 2.0.1."""

from plugfest.lab.checks.smart_charging.limits import LimitProfile, Purpose, Step
from plugfest.lab.checks.smart_charging.schedule_check import DEFAULT_PHASES
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import types as t

PURPOSES = {
    t.ChargingProfilePurposeEnumType.ChargingStationMaxProfile: Purpose.STATION,
    t.ChargingProfilePurposeEnumType.ChargingStationExternalConstraints: Purpose.EXTERNAL,
    t.ChargingProfilePurposeEnumType.TxDefaultProfile: Purpose.DEFAULT,
    t.ChargingProfilePurposeEnumType.TxProfile: Purpose.TRANSACTION,
}


def limits_of(profile: t.ChargingProfileType, evse_id: int) -> LimitProfile:
    """The limits of a profile for an EVSE, in its unit. The lab installs profiles with equal numberPhases."""
    schedule = profile.charging_schedule[0]
    phases = given(schedule.charging_schedule_period[0].number_phases) or DEFAULT_PHASES
    return LimitProfile(
        evse_id=evse_id,
        purpose=PURPOSES[profile.charging_profile_purpose],
        stack_level=profile.stack_level,
        steps=tuple(Step(period.start_period, period.limit) for period in schedule.charging_schedule_period),
        start=given(schedule.start_schedule),
        duration=given(schedule.duration),
        valid_from=given(profile.valid_from),
        valid_to=given(profile.valid_to),
        named_phases=phases if schedule.charging_rate_unit is t.ChargingRateUnitEnumType.W else None,
    )
