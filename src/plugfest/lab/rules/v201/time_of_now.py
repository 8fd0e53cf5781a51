"""A timestamp that says "now" is now, give or take the tolerance of the laboratory."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from plugfest.lab.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.line import Line, undelivered
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.rules.v201.transactions import event_exchanges
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m

Read = Callable[[Any], Sequence[datetime]]

NOW: dict[type[Request[Any]], tuple[str, Read]] = {
    m.StatusNotificationRequest: ("timestamp", lambda one: [one.timestamp]),
    m.SecurityEventNotificationRequest: ("timestamp", lambda one: [one.timestamp]),
    m.TransactionEventRequest: ("timestamp", lambda one: [one.timestamp]),
    m.NotifyEventRequest: ("generatedAt", lambda one: [one.generated_at]),
    m.NotifyReportRequest: ("generatedAt", lambda one: [one.generated_at]),
    m.NotifyMonitoringReportRequest: ("generatedAt", lambda one: [one.generated_at]),
    m.NotifyCustomerInformationRequest: ("generatedAt", lambda one: [one.generated_at]),
    m.MeterValuesRequest: ("meterValue.timestamp", lambda one: [value.timestamp for value in one.meter_value]),
}
"""Where a message says when that happened which it tells, or when it was made."""


def _judge(evidence: Evidence) -> Iterator[Breach]:
    line = Line(evidence)
    tolerance = evidence.settings.time_tolerance
    delayed = list(undelivered(event_exchanges(evidence)))
    for one, message in _first_sent(evidence):
        name, read = NOW[type(message)]
        waits = delayed if isinstance(message, m.TransactionEventRequest) else ()
        for moment in read(message):
            at = one.loop_time(moment)
            if at > one.at + tolerance or line.free(at, one.at, waits) > tolerance:
                yield Breach(
                    f"{one.action}Request.{name} within {tolerance:g} s of {one.time.isoformat()}, when it was sent"
                    " and could have been",
                    moment.isoformat(),
                    one.frame,
                )


def _first_sent(evidence: Evidence) -> Iterator[tuple[Exchange, Request[Any]]]:
    """What carries such a time; an event that is tried again is as old as it was (E13)."""
    events = set[tuple[str, int]]()
    for one in evidence.said:
        if isinstance(one.request, m.TransactionEventRequest):
            event = (one.request.transaction_info.transaction_id, one.request.seq_no)
            if event in events:
                continue
            events.add(event)
        if one.request is not None and type(one.request) in NOW:
            yield one, one.request


TIME_OF_NOW = Rule("the time of what happens now", "Part 6 section 2.1", _judge)
