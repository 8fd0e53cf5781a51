"""Results name what was requested: variables and their attributes, reports, schedules, profiles, certificates."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


class NamedVariable(NamedTuple):
    """One variable in a request or in a response. `attribute` is None where there is none, or none is given."""

    component: t.ComponentType
    variable: t.VariableType
    attribute: str | None

    @property
    def key(self) -> tuple[object, ...]:
        """What identifies the variable. Names and instances are case-insensitive."""
        component, variable = self.component, self.variable
        evse, of_component, of_variable = given(component.evse), given(component.instance), given(variable.instance)
        return (
            component.name.lower(),
            of_component and of_component.lower(),
            variable.name.lower(),
            of_variable and of_variable.lower(),
            None if evse is None else (evse.id, given(evse.connector_id)),
        )

    @property
    def text(self) -> str:
        """The variable as findings name it: Component[instance](EVSE 1, connector 1).Variable[instance]."""
        evse = given(self.component.evse)
        connector_id = None if evse is None else given(evse.connector_id)
        connector = "" if connector_id is None else f", connector {connector_id}"
        place = "" if evse is None else f"(EVSE {evse.id}{connector})"
        component = _with_instance(self.component.name, given(self.component.instance))
        variable = _with_instance(self.variable.name, given(self.variable.instance))
        return f"{component}{place}.{variable}"


def _with_instance(name: str, instance: str | None) -> str:
    return name if instance is None else f"{name}[{instance}]"


def _items(entries: Sequence[t.SetVariableDataType | t.GetVariableDataType] | Sequence[object]) -> list[NamedVariable]:
    return [
        NamedVariable(entry.component, entry.variable, given(getattr(entry, "attribute_type", None)))  # type: ignore[attr-defined]
        for entry in entries
    ]


def _requested_and_reported(exchange: Exchange) -> tuple[list[NamedVariable], list[NamedVariable]] | None:
    match exchange.request, exchange.response:
        case m.SetVariablesRequest() as request, m.SetVariablesResponse() as response:
            return _items(request.set_variable_data), _items(response.set_variable_result)
        case m.GetVariablesRequest() as get, m.GetVariablesResponse() as got:
            return _items(get.get_variable_data), _items(got.get_variable_result)
        case m.SetVariableMonitoringRequest() as monitor, m.SetVariableMonitoringResponse() as monitored:
            return _items(monitor.set_monitoring_data), _items(monitored.set_monitoring_result)
    return None


def _judge_results(action: str, evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        both = _requested_and_reported(exchange) if exchange.action == action else None
        if both is None:
            continue
        requested, left = both[0], list(both[1])
        missing: list[NamedVariable] = []
        for item in requested:
            result = next((each for each in left if each.key == item.key and _is_attribute(each, item)), None)
            if result is None:
                missing.append(item)
            else:
                left.remove(result)
        yield from _differences(exchange, missing, left)


def _is_attribute(result: NamedVariable, requested: NamedVariable) -> bool:
    if requested.attribute is None:
        return result.attribute in (None, "Actual")
    return result.attribute == requested.attribute


def _differences(exchange: Exchange, missing: list[NamedVariable], left: list[NamedVariable]) -> Iterator[Violation]:
    response = f"{exchange.action}Response"
    for item in missing:
        same = next((each for each in left if each.key == item.key), None)
        if same is None:
            yield Violation(f"a result for {item.text} in {response}", "none", exchange.answered_in)
            continue
        left.remove(same)
        yield Violation(
            f"attributeType {item.attribute or 'Actual or none'} with the result for {item.text} in {response}",
            "omitted" if same.attribute is None else same.attribute,
            exchange.answered_in,
        )
    for item in left:
        yield Violation(f"only results in {response} that were requested", item.text, exchange.answered_in)


RESULTS_OF_VARIABLES = tuple(
    Rule(f"results of {action}", clause, partial(_judge_results, action))
    for action, clause in (
        ("SetVariables", "B05.FR.01, B05.FR.02, B05.FR.03"),
        ("GetVariables", "B06.FR.01, B06.FR.02, B06.FR.03"),
        ("SetVariableMonitoring", "N04.FR.02"),
    )
)


# Reports


def _judge_reports(evidence: Evidence) -> Iterator[Violation]:
    selected: dict[tuple[str, int], list[t.ComponentVariableType]] = {}
    for exchange in evidence.exchanges:
        match exchange.request:
            case m.GetReportRequest() as request:
                selected["NotifyReport", request.request_id] = list(given(request.component_variable) or ())
            case m.GetBaseReportRequest() as base:
                selected["NotifyReport", base.request_id] = []
            case m.GetMonitoringReportRequest() as monitoring:
                selected["NotifyMonitoringReport", monitoring.request_id] = list(
                    given(monitoring.component_variable) or ()
                )
            case m.NotifyReportRequest() as report:
                data = _items(given(report.report_data) or ())
                yield from _unselected(data, selected.get(("NotifyReport", report.request_id)), exchange)
            case m.NotifyMonitoringReportRequest() as monitors:
                data = _items(given(monitors.monitor) or ())
                yield from _unselected(data, selected.get(("NotifyMonitoringReport", monitors.request_id)), exchange)


def _unselected(
    data: list[NamedVariable], selection: list[t.ComponentVariableType] | None, exchange: Exchange
) -> Iterator[Violation]:
    for item in data if selection else ():
        if not any(_selects(each, item) for each in selection or ()):
            yield Violation(
                f"only variables in {exchange.action}Request that were requested", item.text, exchange.frame
            )


def _selects(selection: t.ComponentVariableType, item: NamedVariable) -> bool:
    """Whether a request asks for a variable: what it omits is not restricted (B08.FR.20, B08.FR.21)."""
    component, variable = selection.component, given(selection.variable)
    wanted, evse = given(component.evse), given(item.component.evse)
    return (
        component.name.lower() == item.component.name.lower()
        and _is_wanted(given(component.instance), given(item.component.instance))
        and (wanted is None or (evse is not None and _is_wanted_evse(wanted, evse)))
        and (
            variable is None
            or (
                variable.name.lower() == item.variable.name.lower()
                and _is_wanted(given(variable.instance), given(item.variable.instance))
            )
        )
    )


def _is_wanted(wanted: str | None, reported: str | None) -> bool:
    return wanted is None or (reported is not None and wanted.lower() == reported.lower())


def _is_wanted_evse(wanted: t.EVSEType, evse: t.EVSEType) -> bool:
    return wanted.id == evse.id and given(wanted.connector_id) in (None, given(evse.connector_id))


RESULTS_OF_REPORTS = Rule("reports of what was requested", "B08.FR.05, N02.FR.05", _judge_reports)


# Charging profiles


def _judge_schedules(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetCompositeScheduleRequest) or not isinstance(
            response, m.GetCompositeScheduleResponse
        ):
            continue
        schedule, unit = given(response.schedule), given(request.charging_rate_unit)
        if schedule is not None and schedule.evse_id != request.evse_id:
            yield Violation(
                f"schedule.evseId {request.evse_id} as requested", str(schedule.evse_id), exchange.answered_in
            )
        if schedule is not None and unit is not None and schedule.charging_rate_unit != unit:
            yield Violation(
                f"schedule.chargingRateUnit {unit} as requested", schedule.charging_rate_unit, exchange.answered_in
            )


RESULT_OF_SCHEDULE = Rule("the requested composite schedule", "K08.FR.02, K08.FR.03", _judge_schedules)


def _judge_profiles(evidence: Evidence) -> Iterator[Violation]:
    requests: dict[int, m.GetChargingProfilesRequest] = {}
    for exchange in evidence.exchanges:
        if isinstance(exchange.request, m.GetChargingProfilesRequest):
            requests[exchange.request.request_id] = exchange.request
        elif isinstance(exchange.request, m.ReportChargingProfilesRequest):
            request = requests.get(exchange.request.request_id)
            if request is not None:
                yield from _unwanted_profiles(request, exchange.request, exchange.frame)


def _unwanted_profiles(
    request: m.GetChargingProfilesRequest, report: m.ReportChargingProfilesRequest, frame: int
) -> Iterator[Violation]:
    criterion, evse_id = request.charging_profile, given(request.evse_id)
    if evse_id is not None and report.evse_id != evse_id:
        yield Violation(f"ReportChargingProfilesRequest.evseId {evse_id} as requested", str(report.evse_id), frame)
    sources = given(criterion.charging_limit_source)
    if sources is not None and report.charging_limit_source not in sources:
        yield Violation(
            f"ReportChargingProfilesRequest.chargingLimitSource {' or '.join(sources)} as requested",
            report.charging_limit_source,
            frame,
        )
    ids = given(criterion.charging_profile_id)
    purpose, level = given(criterion.charging_profile_purpose), given(criterion.stack_level)
    for profile in report.charging_profile:
        if (
            (ids is not None and profile.id not in ids)
            or (purpose is not None and profile.charging_profile_purpose != purpose)
            or (level is not None and profile.stack_level != level)
        ):
            yield Violation(
                "only charging profiles in ReportChargingProfilesRequest that were requested",
                f"profile {profile.id} with purpose {profile.charging_profile_purpose} and stackLevel"
                f" {profile.stack_level}",
                frame,
            )


RESULTS_OF_PROFILES = Rule("the requested charging profiles", "K09.FR.03, K09.FR.04", _judge_profiles)


# Certificates


def _judge_certificates(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetInstalledCertificateIdsRequest):
            continue
        wanted = given(request.certificate_type)
        chains = given(getattr(response, "certificate_hash_data_chain", None)) or ()
        for chain in chains if wanted is not None else ():
            if chain.certificate_type not in (wanted or ()):
                yield Violation(
                    f"only certificates of type {' or '.join(wanted or ())} as requested",
                    chain.certificate_type,
                    exchange.answered_in,
                )


RESULTS_OF_CERTIFICATES = Rule("the requested certificates", "M03.FR.04", _judge_certificates)

RESULT_RULES = (
    *RESULTS_OF_VARIABLES,
    RESULTS_OF_REPORTS,
    RESULT_OF_SCHEDULE,
    RESULTS_OF_PROFILES,
    RESULTS_OF_CERTIFICATES,
)
