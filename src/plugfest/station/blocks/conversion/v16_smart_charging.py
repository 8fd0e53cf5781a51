"""Charging profiles of OCPP 1.6 in the station's own words (7.8 to 7.14): what more than one block needs."""

from typing import Final

from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import types as t
from plugfest.station.model.smart_charging.profile import Kind, Period, Profile, Purpose, Recurrency, Schedule, Unit

PURPOSES: Final = {
    t.ChargingProfilePurposeType.ChargePointMaxProfile: Purpose.STATION,
    t.ChargingProfilePurposeType.TxDefaultProfile: Purpose.TX_DEFAULT,
    t.ChargingProfilePurposeType.TxProfile: Purpose.TX,
}


def profile_of(profile: t.ChargingProfile, evse_id: int, transaction_id: str | None = None) -> Profile:
    """What a message wants of an EVSE; `transaction_id` is the station's own."""
    recurrency = given(profile.recurrency_kind)
    return Profile(
        id=profile.charging_profile_id,
        evse_id=evse_id,
        stack_level=profile.stack_level,
        purpose=PURPOSES[profile.charging_profile_purpose],
        kind=Kind(profile.charging_profile_kind.value),
        schedule=_schedule(profile.charging_schedule),
        recurrency=None if recurrency is None else Recurrency(recurrency.value),
        valid_from=given(profile.valid_from),
        valid_to=given(profile.valid_to),
        transaction_id=transaction_id,
    )


def _schedule(schedule: t.ChargingSchedule) -> Schedule:
    periods = schedule.charging_schedule_period
    return Schedule(
        unit=Unit(schedule.charging_rate_unit.value),
        periods=tuple(Period(each.start_period, each.limit, given(each.number_phases)) for each in periods),
        duration=given(schedule.duration),
        start=given(schedule.start_schedule),
        min_rate=given(schedule.min_charging_rate),
    )
