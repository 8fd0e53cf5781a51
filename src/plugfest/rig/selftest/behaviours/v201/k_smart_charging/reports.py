"""What is reported of charging profiles: composite schedules and GetChargingProfiles."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import always, changed, with_arguments, with_fields
from plugfest.rig.selftest.behaviours.charging_profiles import above_the_limits, first_period_reported, other_evse
from plugfest.station.blocks.k_smart_charging.v201 import composite_schedules, external_limits, reports
from plugfest.station.model.smart_charging import external_limits as limits_of_others
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfilePurpose

DC = "reference-dc"

SCHEDULES = "TC_K_09 TC_K_19 TC_K_21 TC_K_22 TC_K_23 TC_K_28 TC_K_40 TC_K_41"
"""The cases that check limits in a composite schedule."""

FOLLOWED = "TC_K_28 TC_K_37 TC_K_60"
"""The cases in which meter values show a limit."""


# Reports


def _any_profile(request: m.GetChargingProfilesRequest, profile: ChargingProfile) -> tuple[Any, ...]:
    return msgspec.structs.replace(request, charging_profile=t.ChargingProfileCriterionType()), profile


def _any_evse(request: m.GetChargingProfilesRequest, profile: ChargingProfile) -> tuple[Any, ...]:
    return msgspec.structs.replace(request, evse_id=UNSET), profile


def _without_criterion(name: str) -> Any:
    """Ignores one criterion of GetChargingProfiles."""

    def other(request: m.GetChargingProfilesRequest, profile: ChargingProfile) -> tuple[Any, ...]:
        criteria = msgspec.structs.replace(request.charging_profile, **{name: UNSET})
        return msgspec.structs.replace(request, charging_profile=criteria), profile

    return with_arguments(other)


def _evse_0_is_any(request: m.GetChargingProfilesRequest, profile: ChargingProfile) -> tuple[Any, ...]:
    return msgspec.structs.replace(request, evse_id=request.evse_id or UNSET), profile


def _only_defaults(original: Function) -> Function:
    return lambda request, profile: profile.purpose is ProfilePurpose.TX_DEFAULT and original(request, profile)


def _never_last(original: Function) -> Function:
    async def report(context: Any, request_id: int, found: Any) -> None:
        await original(_SendsMore(context), request_id, found)

    return report


class _SendsMore:
    """The context of the reports, which sends every one with tbc true."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self.csms = self

    async def call(self, request: Any, **options: Any) -> Any:
        return await self._context.csms.call(msgspec.structs.replace(request, tbc=True), **options)


def _once_for_each_evse(original: Function) -> Function:
    """Reports a profile for all EVSEs as one of the EVSEs 1 and 2."""

    def parts(found: Any) -> Any:
        for evse_id, source, part in original(found):
            yield from ((each, source, part) for each in ((evse_id,) if evse_id else (1, 2)))

    return parts


def _profile_type(**fields: object) -> Patch:
    return Patch(reports, "profile_type", changed(lambda profile: msgspec.structs.replace(profile, **fields)))


# Composite schedules


def _schedule_with(**fields: Any) -> Patch:
    def schedule(response: m.GetCompositeScheduleResponse) -> Any:
        if response.schedule is UNSET:
            return UNSET
        values = {name: value(response.schedule) if callable(value) else value for name, value in fields.items()}
        return msgspec.structs.replace(response.schedule, **values)

    return Patch(composite_schedules, "_get", with_fields(schedule=schedule))


def _answers_for_evse_1(context: Any, request: m.GetCompositeScheduleRequest) -> tuple[Any, ...]:
    known = request.evse_id in (0, *context.hardware.evses)
    return context, request if known else msgspec.structs.replace(request, evse_id=1)


def _supported_unit_instead(context: Any, request: m.GetCompositeScheduleRequest) -> tuple[Any, ...]:
    return context, msgspec.structs.replace(request, charging_rate_unit=UNSET)


def _of_one_evse(original: Function) -> Function:
    """Reports the limits of the first EVSE for the whole station."""
    return lambda self, evse_id, duration, choice=None: original(self, evse_id or 1, duration, choice)


def _doubled(profile: ChargingProfile) -> Any:
    periods = tuple(msgspec.structs.replace(each, limit=2 * each.limit) for each in profile.schedule.periods)
    return msgspec.structs.replace(profile.schedule, periods=periods)


def _without_start(profile: ChargingProfile) -> Any:
    return msgspec.structs.replace(profile.schedule, start=None)


BEHAVIOURS: tuple[Behaviour, ...] = (
    # GetCompositeSchedule
    wrong_v201(
        "reports the composite schedule of another EVSE",
        "K08.FR.02",
        "TC_K_09 TC_K_19 TC_K_21 TC_K_23 TC_K_28 TC_K_40 TC_K_41",
        Patch(Limiter, "schedule", with_arguments(other_evse)),
    ),
    wrong_v201(
        "reports only the current period of a composite schedule",
        "K08.FR.02",
        "TC_K_21 TC_K_22 TC_K_23 TC_K_40 TC_K_41",
        Patch(Limiter, "schedule", first_period_reported),
    ),
    wrong_v201(
        "reports composite schedules above the charging profiles",
        "K08.FR.04",
        SCHEDULES,
        Patch(composite_schedules, "schedule_periods", above_the_limits),
    ),
    wrong_v201(
        "reports the limits of one EVSE for the whole station",
        "K08.FR.03",
        "TC_K_22",
        Patch(Limiter, "schedule", _of_one_evse),
    ),
    wrong_v201(
        "reports a composite schedule for half the time",
        "K08.FR.02",
        f"TC_K_39 {SCHEDULES}",
        _schedule_with(duration=lambda schedule: schedule.duration // 2),
    ),
    wrong_v201(
        "reports the TxDefaultProfile of all EVSEs once for each EVSE",
        "K01.FR.14",
        "TC_K_10",
        Patch(reports, "_parts", _once_for_each_evse),
    ),
    wrong_v201(
        "reports a composite schedule in another unit",
        "K08.FR.02",
        f"TC_K_39 {SCHEDULES}",
        _schedule_with(charging_rate_unit=t.ChargingRateUnitEnumType.W),
    ),
    wrong_v201(
        "reports a composite schedule for a unit that it does not support",
        "K08.FR.07",
        "TC_K_42",
        Patch(composite_schedules, "_get", with_arguments(_supported_unit_instead)),
        product=DC,
    ),
    wrong_v201(
        "reports a composite schedule for an EVSE that does not exist",
        "K08.FR.05",
        "TC_K_47",
        Patch(composite_schedules, "_get", with_arguments(_answers_for_evse_1)),
    ),
    # External limits
    wrong_v201(
        "notifies the CSMS of a limit of the station as one of EVSE 1",
        "K12.FR.02",
        "TC_K_52",
        Patch(external_limits, "_evse_id", always(1)),
    ),
    wrong_v201(
        "reports twice the external limit that was set",
        "K12.FR.05",
        "TC_K_52",
        Patch(limits_of_others, "external_profile", with_fields(schedule=_doubled)),
    ),
    wrong_v201(
        "reports an Absolute external limit without its start",
        "K01.FR.40",
        "TC_K_52",
        Patch(limits_of_others, "external_profile", with_fields(schedule=_without_start)),
    ),
    # GetChargingProfiles
    wrong_v201(
        "reports all charging profiles, whatever the criteria",
        "K09.FR.04",
        "TC_K_32 TC_K_33 TC_K_34 TC_K_35 TC_K_36",
        Patch(reports, "_matches", with_arguments(_any_profile)),
    ),
    wrong_v201(
        "reports the charging profiles of all EVSEs",
        "K09.FR.04, K09.FR.05",
        "TC_K_29 TC_K_30",
        Patch(reports, "_matches", with_arguments(_any_evse)),
    ),
    wrong_v201(
        "treats EVSE 0 as every EVSE in GetChargingProfiles",
        "K09.FR.05",
        "TC_K_29",
        Patch(reports, "_matches", with_arguments(_evse_0_is_any)),
    ),
    wrong_v201(
        "ignores the stack level in GetChargingProfiles",
        "K09.FR.04",
        "TC_K_33 TC_K_36",
        Patch(reports, "_matches", _without_criterion("stack_level")),
    ),
    wrong_v201(
        "ignores the purpose in GetChargingProfiles",
        "K09.FR.04",
        "TC_K_35",
        Patch(reports, "_matches", _without_criterion("charging_profile_purpose")),
    ),
    wrong_v201(
        "ignores the source in GetChargingProfiles",
        "K09.FR.04",
        "TC_K_34",
        Patch(reports, "_matches", _without_criterion("charging_limit_source")),
    ),
    wrong_v201(
        "reports only TxDefaultProfiles",
        "K09.FR.06",
        "TC_K_03 TC_K_29 TC_K_31 TC_K_32 TC_K_37 TC_K_60",
        Patch(reports, "_matches", _only_defaults),
    ),
    wrong_v201(
        "announces a further report after the last one",
        "K09.FR.02",
        "TC_K_01 TC_K_31",
        Patch(reports, "_report", _never_last),
    ),
    wrong_v201(
        "reports charging profiles with another kind",
        "K09.FR.04",
        "TC_K_01 TC_K_13 TC_K_30",
        _profile_type(charging_profile_kind=t.ChargingProfileKindEnumType.Recurring),
    ),
)
