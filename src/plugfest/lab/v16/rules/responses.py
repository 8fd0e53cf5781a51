"""Responses of OCPP 1.6 that agree with their requests, and requests that follow from a response."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registration import triggered
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.rules.registration import PROGRESS
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m


def _judge_composite_schedule(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetCompositeScheduleRequest):
            continue
        if isinstance(response, m.GetCompositeScheduleResponse) and response.status == "Accepted":
            connector_id, schedule = given(response.connector_id), given(response.charging_schedule)
            unit = given(request.charging_rate_unit)
            if connector_id not in (None, request.connector_id):
                expected = f"GetCompositeScheduleResponse.connectorId {request.connector_id}, as requested"
                yield Violation(expected, str(connector_id), exchange.answered_in)
            if schedule is not None and unit not in (None, schedule.charging_rate_unit):
                expected = f"chargingSchedule.chargingRateUnit {unit}, as requested"
                yield Violation(expected, schedule.charging_rate_unit, exchange.answered_in)


COMPOSITE_SCHEDULE = Rule("composite schedule as requested", "sections 5.7 and 6.22", _judge_composite_schedule)


def _judge_triggered(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        accepted = getattr(exchange.response, "status", None) == "Accepted"
        actions = frozenset() if exchange.request is None else triggered(exchange.request)
        if accepted and actions and exchange.answered_in is not None:
            yield from _sent_too_early(evidence, exchange, exchange.answered_in, actions)


def _sent_too_early(
    evidence: Evidence, trigger: Exchange, answered_in: int, actions: frozenset[str]
) -> Iterator[Violation]:
    """The requested message came between trigger and response, and not after the response."""
    tolerance = evidence.settings.time_tolerance
    sent = [each for each in evidence.station_requests if each.action in actions and each.frame > trigger.frame]
    early = [each for each in sent if each.frame < answered_in]
    later = [each for each in sent if each.frame > answered_in and each.at <= trigger.at + tolerance]
    if early and not later:
        yield Violation(
            f"{early[0].action}Request after {trigger.action}Response", "before the response", early[0].frame
        )


TRIGGERED = Rule("triggered message after the response", "section 5.17", _judge_triggered)


IDLE = "Idle"
"""The status of a notification without an operation: it was triggered (4.4, 4.5)."""


def _judge_progress(evidence: Evidence) -> Iterator[Violation]:
    """Only the first request of each kind: later, the progress may be that of an earlier operation."""
    judged = set[str]()
    for exchange in evidence.lab_requests:
        action = PROGRESS.get(type(exchange.request)) if exchange.request is not None else None
        if action is None or action in judged:
            continue
        judged.add(action)
        for sent in evidence.station_requests:
            before_response = exchange.answered_in is not None and exchange.frame < sent.frame < exchange.answered_in
            if before_response and sent.action == action and getattr(sent.request, "status", IDLE) != IDLE:
                expected = f"{action}Request after {exchange.action}Response"
                yield Violation(expected, "before the response", sent.frame)


PROGRESS_AFTER_RESPONSE = Rule("progress after the response", "sections 5.9 and 5.19", _judge_progress)
