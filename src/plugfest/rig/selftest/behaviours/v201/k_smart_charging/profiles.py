"""Charging profiles: how they are accepted, applied and cleared."""

from typing import Any

import msgspec

from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_arguments, with_fields
from plugfest.rig.selftest.behaviours.charging_profiles import (
    first_period_only,
    ignores,
    inverted_stack_levels,
    one_period_late,
    schedule_read_with,
    with_default_profile,
)
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.blocks.f_remote_control import v201 as remote_control_block
from plugfest.station.blocks.k_smart_charging.v201 import profiles
from plugfest.station.connection.handlers import Handlers
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.smart_charging import composite
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfileProblem, ProfilePurpose

DC = "reference-dc"

SCHEDULES = "TC_K_09 TC_K_19 TC_K_21 TC_K_22 TC_K_23 TC_K_28 TC_K_40 TC_K_41"
"""The cases that check limits in a composite schedule."""

FOLLOWED = "TC_K_28 TC_K_37 TC_K_60"
"""The cases in which meter values show a limit."""


# SetChargingProfile


def _without_code(code: str) -> Any:
    """Does not see one kind of problem."""
    return changed(lambda problem: None if problem is not None and problem.reason_code == code else problem)


def _rejects_known_id(original: Function) -> Function:
    """Rejects a profile with the id of one that is installed."""

    def problem(profile: ChargingProfile, installed: Any) -> Any:
        if any(each.id == profile.id for each in installed):
            return ProfileProblem("the id is in use", "DuplicateProfile")
        return original(profile, installed)

    return problem


def _in_memory(original: Function) -> Function:
    def put(self: ChargingProfiles, profile: ChargingProfile) -> None:
        self._all[f"{profile.id}"] = profile
        self._changed()

    return put


def _everywhere(original: Function) -> Function:
    """Installs each profile for all EVSEs."""
    return lambda profile, evse_id: msgspec.structs.replace(original(profile, evse_id), evse_id=0)


def _first_evse_only(original: Function) -> Function:
    """Installs a profile for all EVSEs at the first one."""

    def profile_of(profile: Any, evse_id: int) -> Any:
        made = original(profile, evse_id)
        default = made.purpose is ProfilePurpose.TX_DEFAULT
        return msgspec.structs.replace(made, evse_id=evse_id or (1 if default else 0))

    return profile_of


def _with(**fields: object) -> Patch:
    """Reads every charging profile with other fields."""
    return Patch(
        profiles,
        "profile_of",
        changed(lambda profile: msgspec.structs.replace(profile, **fields)),
    )


# ClearChargingProfile


def _criteria_without(name: str) -> Any:
    def other(request: m.ClearChargingProfileRequest, profile: ChargingProfile) -> tuple[Any, ...]:
        criteria = given(request.charging_profile_criteria)
        if criteria is None:
            return request, profile
        without = msgspec.structs.replace(criteria, **{name: UNSET})
        return msgspec.structs.replace(request, charging_profile_criteria=without), profile

    return with_arguments(other)


def _by_id_only(original: Function) -> Function:
    return lambda request, profile: request.charging_profile_id is not UNSET and original(request, profile)


def _first_only(original: Function) -> Function:
    """Clears the first matching profile and leaves the others."""

    def clear(self: ChargingProfiles, matches: Any) -> bool:
        first = next((each.id for each in self if matches(each)), None)
        return bool(original(self, lambda each: each.id == first))

    return clear


# Stations without smart charging


def _profile_not_supported(context: Any, evse_id: int, request: m.RequestStartTransactionRequest) -> Any:
    return None if request.charging_profile is UNSET else status_info("UnsupportedRequest")


def _security_error(self: Handlers, request: Any) -> Any:
    raise Refusal(ErrorCode.SecurityError, "no charging profiles are allowed")


def _refuses_profiles(original: Function) -> Function:
    def answer(self: Handlers, request: Any) -> Any:
        refused = isinstance(request, m.SetChargingProfileRequest)
        return (_security_error if refused else original)(self, request)

    return answer


_SET = t.ChargingProfileStatusEnumType

BEHAVIOURS: tuple[Behaviour, ...] = (
    # Limits
    wrong_v201(
        "applies the lowest stack level",
        "K01.FR.17",
        "TC_K_40",
        Patch(composite, "_active_period", with_arguments(inverted_stack_levels)),
    ),
    wrong_v201("ignores TxDefaultProfile", "K01.FR.15", SCHEDULES, ignores(ProfilePurpose.TX_DEFAULT)),
    wrong_v201(
        "applies TxDefaultProfile only to transactions",
        "K08.FR.06",
        "TC_K_19 TC_K_21 TC_K_22 TC_K_23 TC_K_40",
        ignores(ProfilePurpose.TX_DEFAULT, lambda question: question.transaction_start is None),
    ),
    wrong_v201(
        "does not apply a new TxDefaultProfile to the ongoing transaction",
        "K01.FR.32",
        "TC_K_09 TC_K_28 TC_K_41",
        ignores(ProfilePurpose.TX_DEFAULT, lambda question: question.transaction_start is not None),
    ),
    wrong_v201("ignores TxProfile", "K01.FR.04", "TC_K_37 TC_K_41 TC_K_53 TC_K_60", ignores(ProfilePurpose.TX)),
    wrong_v201("ignores ChargingStationMaxProfile", "K08.FR.04", "TC_K_41", ignores(ProfilePurpose.STATION)),
    wrong_v201(
        "does not replace TxDefaultProfile by TxProfile",
        "K02.FR.04",
        "TC_K_41",
        Patch(composite, "_active_period", with_default_profile),
    ),
    wrong_v201(
        "ignores the duration of a charging schedule",
        "K01.FR.12",
        "TC_K_19 TC_K_40 TC_K_41",
        schedule_read_with(duration=None),
    ),
    wrong_v201("starts charging schedules at the request", "K01.FR.30", "TC_K_23", schedule_read_with(start=None)),
    wrong_v201("ignores validFrom", "K01.FR.36", "TC_K_21", _with(valid_from=None)),
    wrong_v201("ignores validTo", "K01.FR.37", "TC_K_22", _with(valid_to=None)),
    wrong_v201(
        "applies only the first period of a charging schedule",
        "K01.FR.12",
        "TC_K_40 TC_K_41",
        Patch(composite, "_period", with_arguments(first_period_only)),
    ),
    wrong_v201(
        "applies charging schedule periods from their end",
        "K01.FR.12",
        "TC_K_40 TC_K_41",
        Patch(composite, "_period", one_period_late),
    ),
    wrong_v201("does not apply the limit to the EV", "SC.01", FOLLOWED, Patch(PowerPath, "limit", always(False))),
    # SetChargingProfile
    wrong_v201(
        "accepts a charging profile and does not store it",
        "K01.FR.07",
        "TC_K_01 TC_K_03 TC_K_10 TC_K_13 TC_K_60",
        Patch(ChargingProfiles, "put", NOTHING),
    ),
    wrong_v201(
        "answers Rejected to a charging profile and stores it",
        "K01.FR.07",
        "TC_K_01 TC_K_03 TC_K_10 TC_K_19 TC_P_04",
        Patch(profiles, "_set", with_fields(status=_SET.Rejected)),
    ),
    wrong_v201(
        "accepts a charging profile for any EVSE and transaction",
        "K01.FR.09, K01.FR.28, K01.FR.33",
        "TC_K_02 TC_K_14 TC_K_16",
        Patch(profiles, "_request_problem", NOTHING),
    ),
    wrong_v201(
        "accepts a TxProfile for all EVSEs",
        "K01.FR.16",
        "TC_K_11",
        Patch(profiles, "_request_problem", NOTHING),
        Patch(profiles, "profile_problem", always(None)),
    ),
    wrong_v201(
        "rejects a charging profile and stores it",
        "K01.FR.09, K01.FR.28",
        "TC_K_02 TC_K_14",
        Patch(profiles, "_request_problem", NOTHING),
        Patch(profiles, "_set", with_fields(status=_SET.Rejected)),
    ),
    wrong_v201(
        "rejects the charging profile of an unknown transaction and stores it",
        "K01.FR.33",
        "TC_K_16",
        Patch(profiles, "_request_problem", NOTHING),
        Patch(profiles, "_set", with_fields(status=_SET.Rejected)),
    ),
    wrong_v201(
        "accepts limits in a unit that it does not support",
        "K01.FR.26",
        "TC_K_12",
        Patch(profiles, "profile_problem", _without_code("UnsupportedRateUnit")),
        product=DC,
    ),
    wrong_v201(
        "loses charging profiles at a reboot", "K01.FR.27", "TC_K_13", Patch(ChargingProfiles, "put", _in_memory)
    ),
    wrong_v201(
        "installs the charging profile of one EVSE for all",
        "K01.FR.15",
        "TC_K_01 TC_K_13 TC_K_30 TC_K_33 TC_K_34 TC_K_35 TC_K_36",
        Patch(profiles, "profile_of", _everywhere),
    ),
    wrong_v201(
        "installs a TxDefaultProfile for all EVSEs at the first one",
        "K01.FR.14",
        "TC_K_10 TC_K_22",
        Patch(profiles, "profile_of", _first_evse_only),
    ),
    wrong_v201(
        "rejects a charging profile with a known id",
        "K01.FR.05",
        "TC_K_04",
        Patch(profiles, "duplicate_problem", _rejects_known_id),
    ),
    # RequestStartTransaction
    wrong_v201(
        "ignores the charging profile of a remote start",
        "K05.FR.03",
        "TC_K_37",
        Patch(ChargingProfiles, "set_for_remote_start", NOTHING),
    ),
    wrong_v201(
        "rejects a remote start with a charging profile, which it does not support",
        "F01.FR.12",
        "TC_K_38",
        Patch(remote_control_block, "_profile_problem", lambda original: _profile_not_supported),
        product="reference-ac-fixed",
    ),
    # ClearChargingProfile
    wrong_v201(
        "answers Accepted to ClearChargingProfile and clears nothing",
        "K10.FR.03, K10.FR.04",
        "TC_K_05 TC_K_06 TC_K_07 TC_K_08 TC_K_24",
        Patch(ChargingProfiles, "clear", always(True)),
    ),
    wrong_v201(
        "does not clear the TxDefaultProfile of an ongoing transaction",
        "K10.FR.07",
        "TC_K_09",
        Patch(ChargingProfiles, "clear", always(True)),
    ),
    wrong_v201(
        "clears charging profiles and answers Unknown",
        "K10.FR.03, K10.FR.04",
        "TC_K_05 TC_K_06 TC_K_09 TC_K_24",
        Patch(ChargingProfiles, "clear", changed(lambda _: False)),
    ),
    wrong_v201(
        "clears all charging profiles",
        "K10.FR.03, K10.FR.04",
        "TC_K_05 TC_K_06 TC_K_07 TC_K_24",
        Patch(profiles, "_matches", always(True)),
    ),
    wrong_v201(
        "clears charging profiles only by id",
        "K10.FR.04",
        "TC_K_06 TC_K_09 TC_K_24",
        Patch(profiles, "_matches", _by_id_only),
    ),
    wrong_v201(
        "ignores the stack level in ClearChargingProfile",
        "K10.FR.04",
        "TC_K_06",
        Patch(profiles, "_matches", _criteria_without("stack_level")),
    ),
    wrong_v201(
        "ignores the purpose in ClearChargingProfile",
        "K10.FR.04",
        "TC_K_24",
        Patch(profiles, "_matches", _criteria_without("charging_profile_purpose")),
    ),
    wrong_v201(
        "clears only one of several matching charging profiles",
        "K10.FR.04",
        "TC_K_24",
        Patch(ChargingProfiles, "clear", _first_only),
    ),
    # Without smart charging
    wrong_v201(
        "answers SecurityError to a profile, which it does not support",
        "K01.FR.29",
        "TC_K_15",
        Patch(Handlers, "answer", _refuses_profiles),
        product="reference-ac-fixed",
    ),
)
