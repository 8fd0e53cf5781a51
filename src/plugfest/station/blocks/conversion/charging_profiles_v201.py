"""Charging profiles of OCPP 2.0.1 and of the model."""

from typing import Final

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.times import in_utc
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

PURPOSES: Final = {
    t.ChargingProfilePurposeEnumType.ChargingStationMaxProfile: ProfilePurpose.STATION,
    t.ChargingProfilePurposeEnumType.ChargingStationExternalConstraints: ProfilePurpose.EXTERNAL,
    t.ChargingProfilePurposeEnumType.TxDefaultProfile: ProfilePurpose.TX_DEFAULT,
    t.ChargingProfilePurposeEnumType.TxProfile: ProfilePurpose.TX,
}

_PURPOSE_TYPES: Final = {purpose: each for each, purpose in PURPOSES.items()}


def profile_of(profile: t.ChargingProfileType, evse_id: int) -> ChargingProfile:
    """The charging profile of a message for an EVSE, with its first schedule until an EV chooses another one."""
    schedules = tuple(_schedule(each) for each in profile.charging_schedule)
    recurrency = given(profile.recurrency_kind)
    return ChargingProfile(
        id=profile.id,
        evse_id=evse_id,
        stack_level=profile.stack_level,
        purpose=PURPOSES[profile.charging_profile_purpose],
        kind=ProfileKind(profile.charging_profile_kind.value),
        schedule=schedules[0],
        recurrency=None if recurrency is None else Recurrency(recurrency.value),
        valid_from=in_utc(given(profile.valid_from)),
        valid_to=in_utc(given(profile.valid_to)),
        transaction_id=given(profile.transaction_id),
        choices=schedules if len(schedules) > 1 else (),
    )


def _schedule(schedule: t.ChargingScheduleType) -> ChargingSchedule:
    return ChargingSchedule(
        id=schedule.id,
        unit=RateUnit(schedule.charging_rate_unit.value),
        periods=tuple(
            SchedulePeriod(each.start_period, each.limit, given(each.number_phases), given(each.phase_to_use))
            for each in schedule.charging_schedule_period
        ),
        duration=given(schedule.duration),
        start=in_utc(given(schedule.start_schedule)),
        min_rate=given(schedule.min_charging_rate),
        per_named_phase=True,  # K01.FR.50
    )


def profile_type(profile: ChargingProfile) -> t.ChargingProfileType:
    """A charging profile as it is sent."""
    return t.ChargingProfileType(
        id=profile.id,
        stack_level=profile.stack_level,
        charging_profile_purpose=_PURPOSE_TYPES[profile.purpose],
        charging_profile_kind=t.ChargingProfileKindEnumType(profile.kind.value),
        charging_schedule=[schedule_type(each) for each in profile.choices or (profile.schedule,)],
        recurrency_kind=UNSET if profile.recurrency is None else t.RecurrencyKindEnumType(profile.recurrency.value),
        valid_from=UNSET if profile.valid_from is None else profile.valid_from,
        valid_to=UNSET if profile.valid_to is None else profile.valid_to,
        transaction_id=UNSET if profile.transaction_id is None else profile.transaction_id,
    )


def schedule_type(schedule: ChargingSchedule) -> t.ChargingScheduleType:
    """A charging schedule as it is sent."""
    return t.ChargingScheduleType(
        id=schedule.id,
        charging_rate_unit=t.ChargingRateUnitEnumType(schedule.unit.value),
        charging_schedule_period=[period_type(period) for period in schedule.periods],
        duration=UNSET if schedule.duration is None else schedule.duration,
        start_schedule=UNSET if schedule.start is None else schedule.start,
        min_charging_rate=UNSET if schedule.min_rate is None else schedule.min_rate,
    )


def period_type(period: SchedulePeriod) -> t.ChargingSchedulePeriodType:
    """A period as it is sent."""
    return t.ChargingSchedulePeriodType(
        start_period=period.start,
        limit=period.limit,
        number_phases=UNSET if period.phases is None else period.phases,
        phase_to_use=UNSET if period.phase is None else period.phase,
    )
