"""The timestamps of OCPP 2.0.1 that say "now"."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.current_timestamps import Stamp, Stamps, time_of_now
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import delivered_once
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

NOW: Stamps = {
    m.StatusNotificationRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.SecurityEventNotificationRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.TransactionEventRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.NotifyEventRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.NotifyReportRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.NotifyMonitoringReportRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.NotifyCustomerInformationRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.MeterValuesRequest: Stamp("meterValue.timestamp", lambda one: [value.timestamp for value in one.meter_value]),
}

TIME_OF_NOW = time_of_now("Part 6 section 2.1", NOW, delivered_once)


def _judge_heartbeat_interval(evidence: Evidence) -> Iterator[Breach]:
    interval = evidence.settings.heartbeat_interval
    if not _has_interval_of_lab(evidence, interval):
        return
    last: Exchange | None = None
    for one in evidence.said:
        early = last is not None and one.at - last.at < interval - evidence.settings.time_tolerance
        if early and last is not None and one.action == "Heartbeat" and not _is_expected(evidence, one):
            yield Breach(
                f"a HeartbeatRequest {interval:g} s after the last request of any kind",
                f"{one.at - last.at:.0f} s after a {last.action}Request",
                one.frame,
            )
        last = one


def _has_interval_of_lab(evidence: Evidence, interval: float) -> bool:
    """Whether nobody has set another interval in the case."""
    for one in evidence.exchanges:
        if isinstance(one.response, m.BootNotificationResponse) and one.response.interval != interval:
            return False
        data = one.request.set_variable_data if isinstance(one.request, m.SetVariablesRequest) else ()
        if any(each.variable.name == "HeartbeatInterval" for each in data):
            return False
    return True


def _is_expected(evidence: Evidence, heartbeat: Exchange) -> bool:
    """Whether it comes because the lab has asked for it (F06), or is the first one after a start or a loss."""
    asked = any(isinstance(one.request, m.TriggerMessageRequest) and one.at <= heartbeat.at for one in evidence.asked)
    return asked or any(abs(heartbeat.at - span.began) < evidence.settings.time_tolerance for span in evidence.spans)


HEARTBEAT_TIMER = Rule("a Heartbeat only in silence", "G02.FR.05", _judge_heartbeat_interval, Level.SHOULD)


def _judge_write_only_values(evidence: Evidence) -> Iterator[Breach]:
    for told in evidence.told(m.NotifyReportRequest):
        for data in given(told.message.report_data) or ():
            for attribute in data.variable_attribute:
                if given(attribute.mutability) == "WriteOnly" and given(attribute.value) is not None:
                    name = f"{data.component.name}.{data.variable.name}"
                    yield Breach(f"no value of {name} in a report: it is WriteOnly", "a value", told.frame)


SECRETS = Rule("no value of what is write-only", "B07.FR.03, B08.FR.03", _judge_write_only_values)
