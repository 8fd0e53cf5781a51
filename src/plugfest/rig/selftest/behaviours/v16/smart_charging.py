"""OCPP 1.6 smart charging: charging profiles and composite schedules."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_arguments, with_fields
from plugfest.rig.selftest.behaviours.charging_profiles import (
    above_the_limits,
    first_period_only,
    first_period_reported,
    ignores,
    inverted_stack_levels,
    one_period_late,
    other_evse,
    schedule_read_with,
    with_default_profile,
)
from plugfest.station.blocks.conversion.v16 import profile_of
from plugfest.station.blocks.f_remote_control import v16 as remote_control_block
from plugfest.station.blocks.k_smart_charging import v16 as block
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.smart_charging import composite
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfilePurpose, RateUnit

SCHEDULES = "TC_056 TC_057 TC_059 TC_066 TC_067 TC_072 TC_082"
"""The cases that check a composite schedule."""


def _same_purpose(self: ChargingProfile, other: ChargingProfile) -> bool:
    return self.id == other.id or (self.purpose, self.evse_id) == (other.purpose, other.evse_id)


# GetCompositeSchedule


def _with_unit(unit: str) -> Any:
    def schedule(response: m.GetCompositeScheduleResponse) -> Any:
        if response.charging_schedule is UNSET:
            return UNSET
        return msgspec.structs.replace(response.charging_schedule, charging_rate_unit=t.ChargingRateUnitType(unit))

    return schedule


def _in_watts(schedule: Any, unit: RateUnit, duration: int) -> tuple[Any, ...]:
    return schedule, RateUnit.WATT, duration


# ClearChargingProfile


def _level_0_ignored(request: m.ClearChargingProfileRequest, profile: ChargingProfile) -> tuple[Any, ...]:
    level = request.stack_level or UNSET
    return msgspec.structs.replace(request, stack_level=level), profile


def _by_id_only(original: Function) -> Function:
    return lambda request, profile: request.id is not UNSET and original(request, profile)


# SetChargingProfile


def _any_transaction(original: Function) -> Function:
    """Ignores the transactionId of a charging profile."""

    def requested_profile(context: Any, request: m.SetChargingProfileRequest) -> Any:
        without_id = msgspec.structs.replace(request.cs_charging_profiles, transaction_id=UNSET)
        return original(context, msgspec.structs.replace(request, cs_charging_profiles=without_id))

    return requested_profile


def _no_transaction_needed(context: Any, request: m.SetChargingProfileRequest) -> Any:
    return profile_of(request.cs_charging_profiles, request.connector_id, "none")


_SET = t.SetChargingProfileResponseStatus

BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v16(
        "applies the lowest stack level",
        "3.13.2",
        "TC_067 TC_072",
        Patch(composite, "_active_period", with_arguments(inverted_stack_levels)),
    ),
    wrong_v16(
        "replaces a charging profile of another stack level",
        "3.13.2",
        "TC_072",
        Patch(ChargingProfile, "replaces", lambda original: _same_purpose),
    ),
    wrong_v16(
        "ignores TxDefaultProfile",
        "3.13.1",
        "TC_056 TC_066 TC_067 TC_072 TC_082",
        ignores(ProfilePurpose.TX_DEFAULT),
    ),
    wrong_v16(
        "applies TxDefaultProfile only to transactions",
        "3.13.1",
        "TC_056 TC_067 TC_072",
        ignores(ProfilePurpose.TX_DEFAULT, lambda question: question.transaction_start is None),
    ),
    wrong_v16(
        "does not apply a new TxDefaultProfile to the ongoing transaction",
        "3.13.1",
        "TC_066 TC_082",
        ignores(ProfilePurpose.TX_DEFAULT, lambda question: question.transaction_start is not None),
    ),
    wrong_v16("ignores TxProfile", "3.13.1", "TC_057 TC_059 TC_066", ignores(ProfilePurpose.TX)),
    wrong_v16("ignores ChargePointMaxProfile", "3.13.3", "TC_066", ignores(ProfilePurpose.STATION)),
    wrong_v16(
        "does not replace TxDefaultProfile by TxProfile",
        "3.13.1",
        "TC_066",
        Patch(composite, "_active_period", with_default_profile),
    ),
    wrong_v16(
        "ignores the duration of a charging schedule", "5.16.4", "TC_066 TC_072", schedule_read_with(duration=None)
    ),
    wrong_v16("starts charging schedules at the request", "7.8", "TC_072", schedule_read_with(start=None)),
    wrong_v16(
        "applies only the first period of a charging schedule",
        "7.13",
        "TC_059 TC_066 TC_067 TC_072",
        Patch(composite, "_period", with_arguments(first_period_only)),
    ),
    wrong_v16(
        "applies charging schedule periods from their end",
        "7.14",
        "TC_059 TC_066 TC_067 TC_072",
        Patch(composite, "_period", one_period_late),
    ),
    # GetCompositeSchedule
    wrong_v16(
        "reports the limits of a composite schedule in another unit than stated",
        "5.7",
        SCHEDULES,
        Patch(block, "_periods", with_arguments(_in_watts)),
    ),
    wrong_v16(
        "reports a composite schedule in watts",
        "5.7",
        SCHEDULES,
        Patch(block, "_get_composite", with_fields(charging_schedule=_with_unit("W"))),
    ),
    wrong_v16(
        "reports the composite schedule of another connector",
        "5.7",
        SCHEDULES,
        Patch(Limiter, "schedule", with_arguments(other_evse)),
    ),
    wrong_v16(
        "reports only the current period of a composite schedule",
        "5.7",
        "TC_059 TC_066 TC_067 TC_072",
        Patch(Limiter, "schedule", first_period_reported),
    ),
    wrong_v16(
        "reports composite schedules above the charging profiles",
        "3.13.3",
        SCHEDULES,
        Patch(block, "schedule_periods", above_the_limits),
    ),
    # SetChargingProfile
    wrong_v16(
        "accepts a charging profile and does not store it",
        "7.11",
        "TC_056 TC_057 TC_059 TC_082",
        Patch(ChargingProfiles, "put", NOTHING),
    ),
    wrong_v16(
        "answers Rejected to a charging profile and stores it",
        "7.11",
        "TC_056 TC_057 TC_082",
        Patch(block, "_set", with_fields(status=_SET.Rejected)),
    ),
    wrong_v16(
        "accepts a TxProfile without a transaction",
        "3.13.1",
        "TC_058_1 TC_058_2",
        Patch(block, "_requested_profile", lambda original: _no_transaction_needed),
    ),
    wrong_v16(
        "accepts a TxProfile for an unknown transaction",
        "7.8",
        "TC_058_2",
        Patch(block, "_requested_profile", _any_transaction),
    ),
    wrong_v16(
        "rejects a TxProfile and stores it",
        "3.13.1",
        "TC_058_1 TC_058_2",
        Patch(block, "_requested_profile", lambda original: _no_transaction_needed),
        Patch(block, "_set", with_fields(status=_SET.Rejected)),
    ),
    wrong_v16(
        "does not apply the limit to the EV",
        "7.11",
        "TC_057 TC_059 TC_082",
        Patch(PowerPath, "limit", always(False)),
    ),
    # RemoteStartTransaction
    wrong_v16(
        "ignores the charging profile of a remote start",
        "5.11",
        "TC_059",
        Patch(ChargingProfiles, "set_for_remote_start", NOTHING),
    ),
    wrong_v16(
        "accepts any charging profile in a remote start",
        "5.16.2",
        "TC_060",
        Patch(remote_control_block, "_accepts_profile", always(True)),
    ),
    # ClearChargingProfile
    wrong_v16(
        "answers Accepted to ClearChargingProfile and clears nothing",
        "5.5",
        "TC_067",
        Patch(ChargingProfiles, "clear", always(True)),
    ),
    wrong_v16(
        "clears charging profiles and answers Unknown",
        "5.5",
        "TC_067",
        Patch(ChargingProfiles, "clear", changed(lambda _: False)),
    ),
    wrong_v16("clears all charging profiles", "6.13", "TC_067", Patch(block, "_matches", always(True))),
    wrong_v16("clears charging profiles only by id", "6.13", "TC_067", Patch(block, "_matches", _by_id_only)),
    wrong_v16(
        "treats stack level 0 as no stack level",
        "6.13",
        "TC_067",
        Patch(block, "_matches", with_arguments(_level_0_ignored)),
    ),
)
