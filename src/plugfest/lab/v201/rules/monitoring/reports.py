"""Monitoring reports contain the monitors of the station as they were set, each once, and leave out none."""

from collections.abc import Collection, Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.monitoring.timeline import ReportedMonitor, SetMonitor, all_reported, monitor_timeline
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _set_values(monitor: SetMonitor) -> dict[str, object]:
    return {
        "component and variable": monitor.variable.key,
        "type": monitor.setting.type.value,
        "value": monitor.setting.value,
        "severity": monitor.setting.severity,
        "transaction": given(monitor.setting.transaction) or False,
    }


def _judge_settings(evidence: Evidence) -> Iterator[Violation]:
    """A monitor that the CSMS has set is reported as it was set, until it is removed."""
    for reported in all_reported(evidence):
        settings = monitor_timeline(evidence).settings_of(reported.monitor.id)
        in_force = next((each for each in reversed(settings) if each.exists_in(reported.frame)), None)
        if in_force is not None:
            yield from _differences(reported, _set_values(in_force), "as it was set")


def _differences(reported: ReportedMonitor, expected: dict[str, object], why: str) -> Iterator[Violation]:
    for name, value in reported.values.items():
        if value != expected[name]:
            yield Violation(
                f"{name} {_text(expected[name])} of monitor {reported.monitor.id}, {why}", _text(value), reported.frame
            )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value if part is not None)
    return str(value).lower() if isinstance(value, bool) else str(value)


REPORTED_SETTINGS = Rule("monitors are reported as they were set", "N02.FR.05, N04.FR.08, N04.FR.12", _judge_settings)


def constant_monitors() -> Rule:
    """A monitor that the CSMS has not set stays the same until the station boots (N04.FR.19).

    Remembers the campaign.
    """
    known = dict[int, ReportedMonitor]()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        timeline = monitor_timeline(evidence)
        if evidence.sent(m.BootNotificationRequest):
            known.clear()
        for reported in all_reported(evidence):
            if timeline.settings_of(reported.monitor.id):
                known.pop(reported.monitor.id, None)
                continue
            earlier = known.setdefault(reported.monitor.id, reported)
            yield from _differences(reported, earlier.values, "as it was reported before")

    return Rule("monitors of the station do not change", "N02.FR.05, N04.FR.12", judge)


TYPES = {
    "ThresholdMonitoring": ("UpperThreshold", "LowerThreshold"),
    "DeltaMonitoring": ("Delta",),
    "PeriodicMonitoring": ("Periodic", "PeriodicClockAligned"),
}


def _judge_completeness(evidence: Evidence) -> Iterator[Violation]:
    """A report without component variables contains every monitor that was set and meets the criteria."""
    reports: dict[int, list[m.NotifyMonitoringReportRequest]] = {}
    for sent in evidence.sent(m.NotifyMonitoringReportRequest):
        reports.setdefault(sent.message.request_id, []).append(sent.message)
    for exchange in evidence.lab_requests:
        request = exchange.request
        if not isinstance(request, m.GetMonitoringReportRequest) or given(request.component_variable) is not None:
            continue
        parts = reports.get(request.request_id, [])
        ids = {one.id for part in parts for data in given(part.monitor) or () for one in data.variable_monitoring}
        if parts and not given(parts[-1].tbc):
            for monitor in monitor_timeline(evidence).monitors():
                wanted = _meets(monitor, given(request.monitoring_criteria) or ())
                if wanted and monitor.exists_in(exchange.frame) and monitor.id not in ids:
                    yield Violation(f"monitor {monitor.id} in the report", "not reported", exchange.answered_in)


def _meets(monitor: SetMonitor, criteria: Collection[str]) -> bool:
    return not criteria or any(monitor.setting.type in TYPES[criterion] for criterion in criteria)


COMPLETE_REPORTS = Rule("reports contain every monitor", "N02.FR.06, N02.FR.11 to N02.FR.14", _judge_completeness)


def report_rules() -> tuple[Rule, ...]:
    """The rules about monitoring reports, for one campaign."""
    return (REPORTED_SETTINGS, constant_monitors(), COMPLETE_REPORTS)
