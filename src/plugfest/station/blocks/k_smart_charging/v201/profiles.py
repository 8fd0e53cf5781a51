"""SetChargingProfile and ClearChargingProfile of OCPP 2.0.1 (K01, K10)."""

import logging
from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.charging_profiles_v201 import PURPOSES, profile_of
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.blocks.k_smart_charging.rules import duplicate_problem, profile_problem, start_problem
from plugfest.station.blocks.k_smart_charging.station_limits import limits_of
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.limiter import STATION
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfileProblem, ProfilePurpose

_log = logging.getLogger(__name__)


def register(context: Context) -> None:
    installed = context.shared.get(ChargingProfiles)
    installed.rejection_reason = partial(_problem, context, installed)
    context.handlers.add(m.SetChargingProfileRequest, partial(_set, context, installed))
    context.handlers.add(m.ClearChargingProfileRequest, partial(_clear, installed))


# K01


def _set(
    context: Context, installed: ChargingProfiles, request: m.SetChargingProfileRequest
) -> m.SetChargingProfileResponse:
    status = t.ChargingProfileStatusEnumType
    profile = profile_of(request.charging_profile, request.evse_id)
    problem = _request_problem(context, request) or _problem(context, installed, profile)
    if problem is not None:
        _log.info("SetChargingProfile rejected: %s", problem.text)
        return m.SetChargingProfileResponse(
            status=status.Rejected, status_info=status_info(problem.reason_code, problem.text)
        )
    installed.put(profile)  # K01.FR.05, K01.FR.07, K01.FR.27
    return m.SetChargingProfileResponse(status=status.Accepted)


def _request_problem(context: Context, request: m.SetChargingProfileRequest) -> ProfileProblem | None:
    """Why a profile cannot be for this EVSE and transaction."""
    profile, evse_id = request.charging_profile, request.evse_id
    if evse_id not in (STATION, *context.hardware.evses):
        return ProfileProblem(f"there is no EVSE {evse_id}", "UnknownEvse")  # K01.FR.28
    transaction_id = given(profile.transaction_id)
    if PURPOSES[profile.charging_profile_purpose] is not ProfilePurpose.TX:
        wrong = transaction_id is not None  # ChargingProfileType.transactionId
        return ProfileProblem("only TxProfile has a transactionId", "InvalidProfile") if wrong else None
    if evse_id == STATION:
        return ProfileProblem("TxProfile needs an EVSE", "InvalidProfile")  # K01.FR.16
    if transaction_id is None:
        return ProfileProblem("TxProfile needs a transactionId", "MissingParam")  # K01.FR.03
    transaction = context.shared.get(ChargingSessions).at(evse_id).transaction
    if transaction is None or transaction.id != transaction_id:  # K01.FR.09, K01.FR.33
        return ProfileProblem(f"EVSE {evse_id} has no transaction {transaction_id}", "TxNotFound")
    return None


def _problem(context: Context, installed: ChargingProfiles, profile: ChargingProfile) -> ProfileProblem | None:
    """Why a profile is rejected, also one for a remote start."""
    if profile.choices and profile.evse_id not in context.shared.get(EvCommunications).negotiating:
        return ProfileProblem("several schedules are for ISO 15118 only", "InvalidSchedule")  # K01.FR.34
    limits, count = limits_of(context), installed.count_with(profile)
    for number in range(len(profile.choices) or 1):
        each = profile.with_choice(number)
        problem = profile_problem(each, limits, profile_count=count) or start_problem(each)
        if problem is not None:
            return problem
    return duplicate_problem(profile, installed)


# K10


def _clear(installed: ChargingProfiles, request: m.ClearChargingProfileRequest) -> m.ClearChargingProfileResponse:
    status = t.ClearChargingProfileStatusEnumType
    cleared = installed.clear(partial(_matches, request))  # K10.FR.05: the limiter follows every change
    if not cleared:
        return m.ClearChargingProfileResponse(  # K10.FR.01, K10.FR.08, K10.FR.09
            status=status.Unknown, status_info=status_info("NotFound")
        )
    return m.ClearChargingProfileResponse(status=status.Accepted)


def _matches(request: m.ClearChargingProfileRequest, profile: ChargingProfile) -> bool:
    """By the id alone, if there is one; else all criteria must match. An external limit never does. K10.FR.03, FR.04"""
    id, criteria = given(request.charging_profile_id), given(request.charging_profile_criteria)
    if profile.purpose is ProfilePurpose.EXTERNAL:
        return False
    if id is not None:
        return profile.id == id
    if criteria is None:
        return True
    purpose = criteria.charging_profile_purpose
    return (
        given(criteria.evse_id) in (None, profile.evse_id)
        and given(criteria.stack_level) in (None, profile.stack_level)
        and (purpose is UNSET or PURPOSES[purpose] is profile.purpose)
    )
