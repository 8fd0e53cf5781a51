"""Installed charging profiles are found: by GetChargingProfiles, and by ClearChargingProfile."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.smart_charging.history import InstalledProfile, installed_profiles, is_cleared_by
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

TX = t.ChargingProfilePurposeEnumType.TxProfile


def _judge_reports(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetChargingProfilesRequest) or not isinstance(
            response, m.GetChargingProfilesResponse
        ):
            continue
        reports = [
            report
            for report in evidence.sent(m.ReportChargingProfilesRequest)
            if report.message.request_id == request.request_id
        ]
        last = max((report.frame for report in reports), default=exchange.answered_in or exchange.frame)
        expected = [
            each
            for each in installed_profiles(evidence)
            if _is_wanted(request, each) and each.surely_installed(exchange.frame, last)
        ]
        if response.status == "NoProfiles":
            yield from _missing(expected, exchange.answered_in)
            continue
        messages = [report.message for report in reports]
        more = [given(message.tbc) or False for message in messages]
        if True in more[-1:] or not more:
            continue  # the report is not complete: the case waits for it
        if more != [True] * (len(more) - 1) + [False]:
            yield Violation(
                "ReportChargingProfilesRequest.tbc false in the last one only",
                ", ".join(str(each).lower() for each in more),
                reports[-1].frame,
            )
        reported = {profile.id for message in messages for profile in message.charging_profile}
        yield from _missing([each for each in expected if each.profile.id not in reported], reports[-1].frame)


def _missing(profiles: list[InstalledProfile], frame: int | None) -> Iterator[Violation]:
    for each in profiles:
        yield Violation(
            f"charging profile {each.profile.id} of EVSE {each.evse_id}, which is installed, in the report",
            "not reported",
            frame,
        )


def _is_wanted(request: m.GetChargingProfilesRequest, installed: InstalledProfile) -> bool:
    criteria, profile = request.charging_profile, installed.profile
    ids, sources = given(criteria.charging_profile_id), given(criteria.charging_limit_source)
    return (
        given(request.evse_id) in (None, installed.evse_id)
        and (ids is None or profile.id in ids)
        and (sources is None or t.ChargingLimitSourceEnumType.CSO in sources)
        and given(criteria.stack_level) in (None, profile.stack_level)
        and criteria.charging_profile_purpose in (UNSET, profile.charging_profile_purpose)
    )


REPORTS_COMPLETE = Rule("every installed charging profile is reported", "K09.FR.02, K09.FR.04 to FR.06", _judge_reports)


def _judge_clearing(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if isinstance(request, m.ClearChargingProfileRequest) and isinstance(response, m.ClearChargingProfileResponse):
            yield from _judge_answer(evidence, exchange, request, response)


def _judge_answer(
    evidence: Evidence,
    exchange: Exchange,
    request: m.ClearChargingProfileRequest,
    response: m.ClearChargingProfileResponse,
) -> Iterator[Violation]:
    matching = [
        each
        for each in installed_profiles(evidence)
        if is_cleared_by(request, each)
        and each.profile.charging_profile_purpose != TX  # its transaction may be over
        and each.installed.frame < exchange.frame
        and each.clearing.frame >= exchange.frame
    ]
    if matching and response.status == "Unknown":
        yield Violation(
            f"ClearChargingProfileResponse.status Accepted: charging profile {matching[0].profile.id} is installed",
            "Unknown",
            exchange.answered_in,
        )


CLEARED_IF_INSTALLED = Rule("installed charging profiles are cleared", "K10.FR.03, K10.FR.04", _judge_clearing)


def _judge_phases(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.exchanges:
        for period, frame in _reported_periods(exchange):
            phase = given(period.phase_to_use)
            if phase is not None and (phase not in PHASES or given(period.number_phases) != 1):
                yield Violation("phaseToUse 1, 2 or 3, and only with numberPhases 1", str(phase), frame)
            if period.number_phases is not UNSET and period.number_phases not in PHASES:
                yield Violation("numberPhases 1, 2 or 3", str(period.number_phases), frame)


def _reported_periods(exchange: Exchange) -> Iterator[tuple[t.ChargingSchedulePeriodType, int | None]]:
    match exchange.request, exchange.response:
        case m.GetCompositeScheduleRequest(), m.GetCompositeScheduleResponse() as response:
            schedule = given(response.schedule)
            for period in () if schedule is None else schedule.charging_schedule_period:
                yield period, exchange.answered_in
        case m.ReportChargingProfilesRequest() as report, _:
            for profile in report.charging_profile:
                for reported in profile.charging_schedule:
                    for period in reported.charging_schedule_period:
                        yield period, exchange.frame


PHASES = (1, 2, 3)

POSSIBLE_PHASES = Rule("possible phases in schedules", "K01.FR.19, ChargingSchedulePeriodType", _judge_phases)


def _judge_starts(evidence: Evidence) -> Iterator[Violation]:
    for report in evidence.sent(m.ReportChargingProfilesRequest):
        for profile in report.message.charging_profile:
            relative = profile.charging_profile_kind is t.ChargingProfileKindEnumType.Relative
            if any((schedule.start_schedule is UNSET) is not relative for schedule in profile.charging_schedule):
                expected = "no startSchedule" if relative else "startSchedule"
                kind = profile.charging_profile_kind.value
                yield Violation(
                    f"{expected} in charging profile {profile.id}, which is {kind}", "the opposite", report.frame
                )


START_AS_KIND = Rule("startSchedule as the kind of the profile requires", "K01.FR.40, K01.FR.41", _judge_starts)


def _judge_optional_fields(evidence: Evidence) -> Iterator[Violation]:
    for report in evidence.sent(m.ReportChargingProfilesRequest):
        for profile in report.message.charging_profile:
            recurring = profile.charging_profile_kind is t.ChargingProfileKindEnumType.Recurring
            if recurring and profile.recurrency_kind is UNSET:
                expected = f"recurrencyKind in charging profile {profile.id}, which is Recurring"
                yield Violation(expected, "omitted", report.frame)
            if profile.transaction_id is not UNSET and profile.charging_profile_purpose != TX:
                purpose = profile.charging_profile_purpose.value
                expected = f"no transactionId in charging profile {profile.id}, whose purpose is {purpose}"
                yield Violation(expected, profile.transaction_id, report.frame)


OPTIONAL_FIELDS = Rule(
    "recurrencyKind and transactionId as kind and purpose of the profile require",
    "ChargingProfileType, ChargingProfileKindEnumType",
    _judge_optional_fields,
)

PROFILE_RULES = (REPORTS_COMPLETE, CLEARED_IF_INSTALLED, POSSIBLE_PHASES, START_AS_KIND, OPTIONAL_FIELDS)
