"""SetChargingProfile, ClearChargingProfile and GetCompositeSchedule of OCPP 1.6 (5.5, 5.7, 5.16)."""

import logging
from collections.abc import Iterator
from functools import partial

from msgspec import structs

from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import PURPOSES, profile_of
from plugfest.station.blocks.k_smart_charging.rules import profile_problem
from plugfest.station.blocks.k_smart_charging.schedules import schedule_periods
from plugfest.station.blocks.k_smart_charging.station_limits import limits_of, rate_units
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.composite import MAX_DURATION, Interval
from plugfest.station.model.smart_charging.limiter import STATION, Limiter
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ProfileKind,
    ProfileProblem,
    ProfilePurpose,
    RateUnit,
)
from plugfest.station.model.transactions.transaction_ids import TransactionIds

_log = logging.getLogger(__name__)

_SET = t.SetChargingProfileResponseStatus
_COMPOSITE = t.GetCompositeScheduleResponseStatus


def register(context: Context) -> None:
    if not context.device_model.has("SmartChargingCtrlr", "Enabled"):
        return
    profiles = context.shared.get(ChargingProfiles)
    profiles.rejection_reason = partial(_problem, context, profiles)
    profiles.replaces = ChargingProfile.replaces
    context.handlers.add(m.SetChargingProfileRequest, partial(_set, context, profiles))
    context.handlers.add(m.ClearChargingProfileRequest, partial(_clear, profiles))
    context.handlers.add(m.GetCompositeScheduleRequest, partial(_get_composite, context))


# 5.16


def _set(
    context: Context, profiles: ChargingProfiles, request: m.SetChargingProfileRequest
) -> m.SetChargingProfileResponse:
    if request.connector_id not in (STATION, *context.hardware.evses):  # erratum 3.39
        raise Refusal(ErrorCode.PropertyConstraintViolation, f"there is no connector {request.connector_id}")
    profile = _requested_profile(context, request)
    problem = None if profile is None else _problem(context, profiles, profile)
    if profile is None or problem is not None:
        _log.info("SetChargingProfile rejected: %s", problem.text if problem else "there is no such transaction")
        return m.SetChargingProfileResponse(status=_SET.Rejected)
    profiles.put(profile)
    return m.SetChargingProfileResponse(status=_SET.Accepted)


def _requested_profile(context: Context, request: m.SetChargingProfileRequest) -> ChargingProfile | None:
    """The profile in a request; None if its transaction does not exist (3.13.1)."""
    data = request.cs_charging_profiles
    transaction_id = given(data.transaction_id)
    if PURPOSES[data.charging_profile_purpose] is not ProfilePurpose.TX:
        return (
            None if transaction_id is not None else _with_start(context, profile_of(data, request.connector_id))
        )  # 7.8
    evse_id = request.connector_id
    transaction = context.shared.get(ChargingSessions).at(evse_id).transaction if evse_id != STATION else None
    if transaction is None:
        return None
    if transaction_id is not None and context.shared.get(TransactionIds).csms_id(transaction.id) != transaction_id:
        return None
    return profile_of(data, evse_id, transaction.id)


def _with_start(context: Context, profile: ChargingProfile) -> ChargingProfile:
    """An absolute station profile without a start begins now, as there is no transaction to begin with (7.13)."""
    absolute = profile.kind is ProfileKind.ABSOLUTE and profile.purpose is ProfilePurpose.STATION
    if not absolute or profile.schedule.start is not None:
        return profile
    schedule = structs.replace(profile.schedule, start=context.now(), starts_on_arrival=True)
    return structs.replace(profile, schedule=schedule)


def _problem(context: Context, profiles: ChargingProfiles, profile: ChargingProfile) -> ProfileProblem | None:
    return profile_problem(profile, limits_of(context), profile_count=profiles.count_with(profile))


# 5.5


def _clear(profiles: ChargingProfiles, request: m.ClearChargingProfileRequest) -> m.ClearChargingProfileResponse:
    status = t.ClearChargingProfileResponseStatus
    cleared = profiles.clear(partial(_matches, request))
    return m.ClearChargingProfileResponse(status=status.Accepted if cleared else status.Unknown)


def _matches(request: m.ClearChargingProfileRequest, profile: ChargingProfile) -> bool:
    """Errata 3.25 and 3.26: an id overrides the other criteria, which must all match."""
    id, purpose = given(request.id), given(request.charging_profile_purpose)
    if profile.purpose is ProfilePurpose.EXTERNAL:
        return False  # it is not of the CSMS
    if id is not None:
        return profile.id == id
    return (
        given(request.connector_id) in (None, profile.evse_id)
        and given(request.stack_level) in (None, profile.stack_level)
        and (purpose is None or PURPOSES[purpose] is profile.purpose)
    )


# 5.7


def _get_composite(context: Context, request: m.GetCompositeScheduleRequest) -> m.GetCompositeScheduleResponse:
    units = rate_units(context.device_model)
    requested = given(request.charging_rate_unit)
    unit = units[0] if requested is None else RateUnit(requested.value)
    known = request.connector_id in (STATION, *context.hardware.evses)
    if not known or unit not in units or request.duration <= 0:
        return m.GetCompositeScheduleResponse(status=_COMPOSITE.Rejected)
    duration = min(request.duration, int(MAX_DURATION))
    now = context.now()
    schedule = context.shared.get(Limiter).schedule(request.connector_id, duration)
    return m.GetCompositeScheduleResponse(
        status=_COMPOSITE.Accepted,
        connector_id=request.connector_id,
        schedule_start=now,
        charging_schedule=t.ChargingSchedule(
            charging_rate_unit=t.ChargingRateUnitType(unit.value),
            duration=duration,
            charging_schedule_period=list(_periods(schedule, unit, duration)),  # erratum 3.57: without startSchedule
        ),
    )


def _periods(schedule: tuple[Interval, ...], unit: RateUnit, duration: int) -> Iterator[t.ChargingSchedulePeriod]:
    for period in schedule_periods(schedule, unit, duration):
        phases = UNSET if period.phases is None else period.phases
        yield t.ChargingSchedulePeriod(start_period=period.start, limit=period.limit, number_phases=phases)
