"""Stations with smart charging: other schedules and reports, other external limits, and less of what is optional."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from plugfest.hardware.ports import ExternalLimitChanged
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import changed, with_arguments, with_fields
from plugfest.rig.selftest.variants import charging_limits, stations
from plugfest.rig.selftest.variants.changes import always, changing
from plugfest.rig.selftest.variants.message_filter import Message, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.blocks.k_smart_charging.v201 import composite_schedules, profiles, reports
from plugfest.station.device_model import product_model
from plugfest.station.device_model.variables import Variable
from plugfest.station.model.smart_charging import external_limits as limits_of_others
from plugfest.station.model.smart_charging.composite import Interval
from plugfest.station.model.smart_charging.external_limits import ExternalLimits
from plugfest.station.model.smart_charging.limiter import STATION, Limiter
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    LimitSource,
    ProfileKind,
    ProfileProblem,
    RateUnit,
)

_replace = msgspec.structs.replace

_SMART_CHARGING: Final = "SmartChargingCtrlr"

_OF_BLOCK: Final = (
    m.SetChargingProfileResponse,
    m.ClearChargingProfileResponse,
    m.GetChargingProfilesResponse,
    m.GetCompositeScheduleResponse,
)


# Composite schedules


def _schedule_periods(make: Function) -> Patch:
    return Patch(composite_schedules, "schedule_periods", make)


def _composite(change: Any) -> MessageFilter:
    """Changes each composite schedule."""

    def changed_response(response: m.GetCompositeScheduleResponse) -> m.GetCompositeScheduleResponse:
        return response if response.schedule is UNSET else _replace(response, schedule=change(response.schedule))

    return changing(m.GetCompositeScheduleResponse, changed_response)


def _with_own_consumption(original: Function) -> Function:
    """The total of the station includes what it consumes itself, and the losses of conversion."""

    def schedule(self: Limiter, evse_id: int, duration: float, choice: int | None = None) -> tuple[Interval, ...]:
        found: tuple[Interval, ...] = original(self, evse_id, duration, choice)
        if evse_id != STATION:
            return found
        return tuple(_replace(interval, limit=_more(interval.limit)) for interval in found)

    return schedule


def _more(limit: Any) -> Any:
    return _replace(limit, power=limit.power * 1.05, peak=limit.peak * 1.05)


def _without_default_phases(schedule: t.CompositeScheduleType) -> t.CompositeScheduleType:
    periods = [
        _replace(period, number_phases=UNSET) if period.number_phases == 3 else period
        for period in schedule.charging_schedule_period
    ]
    return _replace(schedule, charging_schedule_period=periods)


def _in_whole_seconds(schedule: t.CompositeScheduleType) -> t.CompositeScheduleType:
    return _replace(schedule, schedule_start=schedule.schedule_start.replace(microsecond=0))


# Reports


def _one_in_each_part(original: Function) -> Function:
    def parts(found: Sequence[ChargingProfile]) -> Iterator[tuple[int, LimitSource, Sequence[ChargingProfile]]]:
        for evse_id, source, part in original(found):
            yield from ((evse_id, source, [each]) for each in part)

    return parts


def _in_reverse_order(original: Function) -> Function:
    def parts(found: Sequence[ChargingProfile]) -> Iterator[tuple[int, LimitSource, Sequence[ChargingProfile]]]:
        for evse_id, source, part in reversed(list(original(found))):
            yield evse_id, source, part[::-1]

    return parts


def _without_tbc(report: m.ReportChargingProfilesRequest) -> m.ReportChargingProfilesRequest:
    return report if report.tbc is True else _replace(report, tbc=UNSET)


def _with_default_phases(profile: t.ChargingProfileType) -> t.ChargingProfileType:
    schedules = [
        _replace(
            schedule,
            charging_schedule_period=[
                _replace(period, number_phases=3) if period.number_phases is UNSET else period
                for period in schedule.charging_schedule_period
            ],
        )
        for schedule in profile.charging_schedule
    ]
    return _replace(profile, charging_schedule=schedules)


def _without_status_info(message: Message) -> list[Message]:
    return [_replace(message, status_info=UNSET) if isinstance(message, _OF_BLOCK) else message]


# Profiles


def _rejects_more_phases(original: Function) -> Function:
    """Rejects more phases than any EVSE of the profile has, and a number of phases for direct current."""

    def problem(context: Any, installed: Any, profile: ChargingProfile) -> ProfileProblem | None:
        named = max((period.phases or 0 for period in profile.schedule.periods), default=0)
        phases = [evse.phases for evse in context.product.evses if profile.evse_id in (0, evse.id)]
        if named > max(phases, default=0):
            return ProfileProblem("there are not so many phases", "InvalidSchedule")
        found: ProfileProblem | None = original(context, installed, profile)
        return found

    return problem


def _reports_rates(original: Function) -> Function:
    """A profile of the CSMS changes the charging rate: it is reported as for an external limit."""

    def set_profile(context: Any, installed: Any, request: Any) -> Any:
        with context.shared.get(Limiter).own_change():
            return original(context, installed, request)

    return set_profile


# Limits of external systems


def _of_grid_operator(limits: ExternalLimits, event: ExternalLimitChanged) -> tuple[Any, ...]:
    return limits, _replace(event, source=LimitSource.SYSTEM_OPERATOR.value)


def _in_amperes(profile: ChargingProfile) -> ChargingSchedule:
    periods = tuple(_replace(period, limit=period.limit / (230 * 3)) for period in profile.schedule.periods)
    return _replace(profile.schedule, unit=RateUnit.AMPERE, periods=periods, start=None)


def _for_evse_0(message: Message) -> list[Message]:
    concerned = isinstance(message, m.NotifyChargingLimitRequest | m.ClearedChargingLimitRequest)
    return [_replace(message, evse_id=0) if concerned else message]


def _values(**values: str) -> Patch:
    """Other values of the variables about what the station supports."""

    def with_value(variable: Variable) -> Variable:
        name, component = variable.address.variable, variable.address.component
        if component.name != _SMART_CHARGING or name not in values:
            return variable
        if name == "Entries":
            return _replace(variable, characteristics=_replace(variable.characteristics, maximum=int(values[name])))
        return _replace(variable, initial=values[name])

    return Patch(product_model, "controller_variables", changed(lambda found: [with_value(each) for each in found]))


VARIANTS: tuple[Variant, ...] = (
    # Composite schedules
    permitted_v201(
        "composite schedules with a period for each minute",
        "K08.FR.02",
        "a limit may be repeated in a further period",
        _schedule_periods(charging_limits.periods_of(60)),
    ),
    permitted_v201(
        "composite schedules in steps of 2 s",
        "K08.FR.04, Part 6 section 2.1",
        "limits may begin within the tolerance, a lower one earlier",
        _schedule_periods(charging_limits.starts_in_steps_of(2)),
    ),
    permitted_v201(
        "composite schedules without numberPhases where it is 3",
        "ChargingSchedulePeriodType",
        "the field is optional; 3 is the default",
        filter=_composite(_without_default_phases),
    ),
    permitted_v201(
        "composite schedules that start at a whole second",
        "K08.FR.02",
        "no precision is required",
        filter=_composite(_in_whole_seconds),
    ),
    permitted_v201(
        "a grid connection of 13 A",
        "K04.FR.02, K08.FR.04",
        "the limit of the station itself may be below that of a profile",
        *charging_limits.grid_connection_of(13.0),
    ),
    permitted_v201(
        "the own consumption of the station in the composite schedule of EVSE 0",
        "K08.FR.03",
        "it is what the station expects to consume from the grid",
        Patch(Limiter, "schedule", _with_own_consumption),
    ),
    # Reports
    permitted_v201(
        "one charging profile in each report",
        "K09.FR.02",
        "any number of messages is permitted",
        Patch(reports, "_parts", _one_in_each_part),
    ),
    permitted_v201(
        "charging profiles reported in reverse order",
        "K09.FR.04",
        "no order is required",
        Patch(reports, "_parts", _in_reverse_order),
    ),
    permitted_v201(
        "the last report of charging profiles without tbc",
        "ReportChargingProfilesRequest",
        "false is the default",
        filter=changing(m.ReportChargingProfilesRequest, _without_tbc),
    ),
    permitted_v201(
        "charging profiles reported with the default numberPhases",
        "ChargingSchedulePeriodType",
        "3 is the default",
        Patch(reports, "profile_type", changed(_with_default_phases)),
    ),
    permitted_v201(
        "no statusInfo about smart charging",
        "StatusInfoType",
        "the field is optional",
        filter=always(_without_status_info),
    ),
    # Profiles
    permitted_v201(
        "rejects more phases than it has, and a number of phases for direct current",
        "K01.FR.44, K01.FR.45",
        "to accept them is permitted, not required",
        Patch(profiles, "_problem", _rejects_more_phases),
    ),
    permitted_v201(
        "reports a charging rate that a profile of the CSMS has changed",
        "SC.02, TriggerReasonEnumType",
        "ChargingRateChanged is not limited to external systems",
        Patch(profiles, "_set", _reports_rates),
    ),
    permitted_v201(
        "signals a new limit to the EV in 10 s",
        "Part 2 section K.3",
        "OCPP sets no time",
        charging_limits.applies_limits_after(charging_limits.REACTION),
    ),
    permitted_v201(
        "limits in A only",
        "K01.FR.26",
        "one unit is enough",
        product=charging_limits.supporting(["SC-2.1"], ["SC-2.2"]),
    ),
    permitted_v201(
        "limits in W only",
        "K01.FR.26",
        "one unit is enough",
        product=charging_limits.supporting(["SC-2.2"], ["SC-2.1"]),
    ),
    permitted_v201(
        "few stack levels, periods and charging profiles",
        "Part 2 section 2.11",
        "the station chooses the maximum values",
        _values(ProfileStackLevel="1", PeriodsPerSchedule="5", Entries="3"),
    ),
    permitted_v201(
        "one stack level",
        "Part 2 section 2.11",
        "the station chooses the maximum values",
        _values(ProfileStackLevel="0"),
        not_run={"TC_K_40_CS": "it stacks two profiles"},
    ),
    permitted_v201(
        "no switch between three phases and one",
        "Part 2 section 2.11",
        "Phases3to1 is optional",
        product=charging_limits.without_phase_switching,
    ),
    permitted_v201(
        "smart charging without optional variables",
        "Part 2 section 2.11",
        "variables with Required: no",
        *stations.without_variables(
            f"{_SMART_CHARGING}.Available",
            f"{_SMART_CHARGING}.ExternalControlSignalsEnabled",
            f"{_SMART_CHARGING}.NotifyChargingLimitWithSchedules",
            f"{_SMART_CHARGING}.Phases3to1",
        ),
    ),
    # Limits of external systems
    permitted_v201(
        "NotifyChargingLimit with the schedule",
        "K11.FR.03, K12.FR.03",
        "the variable may be true from the beginning",
        _values(NotifyChargingLimitWithSchedules="true"),
    ),
    permitted_v201(
        "notifications of external limits for EVSE 0",
        "NotifyChargingLimitRequest, ClearedChargingLimitRequest",
        "evseId is optional; 0 is the station",
        filter=always(_for_evse_0),
    ),
    permitted_v201(
        "an external limit of the operator of the grid, in A and Relative, with a positive id",
        "K12.FR.05, erratum 2.37",
        "source, unit and kind are free; a negative id is only recommended",
        Patch(ExternalLimits, "apply", with_arguments(_of_grid_operator)),
        Patch(
            limits_of_others, "external_profile", with_fields(id=4711, kind=ProfileKind.RELATIVE, schedule=_in_amperes)
        ),
        recommendation=("K12.FR.05",),
    ),
)
