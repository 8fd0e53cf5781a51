"""Timestamps, heartbeats and reports of OCPP 2.0.1."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.current_timestamps import (
    TimestampField,
    TimestampFields,
    delayed_timestamps,
    wrong_timestamps,
)
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import delivery_key
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

TIMESTAMP_FIELDS: TimestampFields = {
    m.StatusNotificationRequest: TimestampField("timestamp", lambda message: [message.timestamp]),
    m.SecurityEventNotificationRequest: TimestampField("timestamp", lambda message: [message.timestamp]),
    m.TransactionEventRequest: TimestampField("timestamp", lambda message: [message.timestamp]),
    m.NotifyEventRequest: TimestampField("generatedAt", lambda message: [message.generated_at]),
    m.NotifyReportRequest: TimestampField("generatedAt", lambda message: [message.generated_at]),
    m.NotifyMonitoringReportRequest: TimestampField("generatedAt", lambda message: [message.generated_at]),
    m.NotifyCustomerInformationRequest: TimestampField("generatedAt", lambda message: [message.generated_at]),
    m.MeterValuesRequest: TimestampField(
        "meterValue.timestamp", lambda message: [value.timestamp for value in message.meter_value]
    ),
}

# No validation of Part 6 compares a timestamp with the time at which the message arrives.
DELAYED_TIMESTAMPS = delayed_timestamps("Part 6 section 2.1", TIMESTAMP_FIELDS, delivery_key)
WRONG_TIMESTAMPS = wrong_timestamps("Part 6 section 2.1", TIMESTAMP_FIELDS, delivery_key)


def heartbeat_interval() -> Rule:
    """The rule for one campaign: until the station registers, it has the interval of the time before the lab."""
    has_registered = True

    def judge(evidence: Evidence) -> Iterator[Violation]:
        nonlocal has_registered
        registered = any(isinstance(each.response, m.BootNotificationResponse) for each in evidence.exchanges)
        has_registered = registered or (has_registered and evidence.began_idle)
        return _judge_heartbeats(evidence) if has_registered else iter(())

    return Rule("Heartbeat only after an interval without requests", "G02.FR.05", judge, Level.SHOULD)


def _judge_heartbeats(evidence: Evidence) -> Iterator[Violation]:
    interval = evidence.settings.heartbeat_interval
    if not _has_interval_of_settings(evidence, interval):
        return
    previous: Exchange | None = None
    for exchange in evidence.station_requests:
        if previous is not None and exchange.action == "Heartbeat" and not _may_come_at_any_time(evidence, exchange):
            seconds = exchange.at - previous.at
            if seconds < interval - evidence.settings.time_tolerance:
                yield Violation(
                    f"HeartbeatRequest {interval:g} s after the previous request of the station",
                    f"{seconds:.0f} s after {previous.action}Request",
                    exchange.frame,
                )
        previous = exchange


def _has_interval_of_settings(evidence: Evidence, interval: float) -> bool:
    """Whether the case has not set another heartbeat interval."""
    for exchange in evidence.exchanges:
        if isinstance(exchange.response, m.BootNotificationResponse) and exchange.response.interval != interval:
            return False
        data = exchange.request.set_variable_data if isinstance(exchange.request, m.SetVariablesRequest) else ()
        if any(each.variable.name == "HeartbeatInterval" for each in data):
            return False
    return True


def _may_come_at_any_time(evidence: Evidence, heartbeat: Exchange) -> bool:
    """Whether the lab may have triggered it (F06), or it is the first one after the station has connected."""
    triggered = any(
        isinstance(exchange.request, m.TriggerMessageRequest) and exchange.at <= heartbeat.at
        for exchange in evidence.lab_requests
    )
    tolerance = evidence.settings.time_tolerance
    return triggered or any(abs(heartbeat.at - period.began) < tolerance for period in evidence.connection_periods)


def _judge_write_only_values(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.NotifyReportRequest):
        for data in given(sent.message.report_data) or ():
            for attribute in data.variable_attribute:
                if given(attribute.mutability) == "WriteOnly" and given(attribute.value) is not None:
                    name = f"{data.component.name}.{data.variable.name}"
                    yield Violation(
                        f"NotifyReportRequest without the value of {name}, which is WriteOnly", "a value", sent.frame
                    )


WRITE_ONLY_VALUES = Rule("no value of WriteOnly variables", "B07.FR.03, B08.FR.03", _judge_write_only_values)
