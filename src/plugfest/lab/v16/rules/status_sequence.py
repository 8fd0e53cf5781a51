"""Which status of a connector may follow which in OCPP 1.6, and which of them a transaction excludes (4.9, 7.7)."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.connector_history import CLOCK_RESOLUTION
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.rules.sessions import Transaction, start_attempts, transactions
from plugfest.lab.v16.rules.stopped_transactions import Stop, has_cause, stops
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

STATION = 0
"""The connectorId of the charge point itself."""

IN_TRANSACTION = ("Charging", "SuspendedEV", "SuspendedEVSE")
"""The statuses of a connector during a transaction."""

WITHOUT_TRANSACTION = ("Available", "Preparing", "Finishing", "Reserved", "Unavailable")
"""The statuses that a connector has before or after a transaction."""


class ReportedStatus(NamedTuple):
    """A reported status of a connector. `since`: its loop time according to the station."""

    connector_id: int
    name: str
    frame: int
    since: float


def _status(sent: SentRequest[m.StatusNotificationRequest]) -> ReportedStatus:
    message, exchange = sent.message, sent.exchange
    since = exchange.loop_time(given(message.timestamp) or exchange.time)
    return ReportedStatus(message.connector_id, message.status, sent.frame, since)


def _statuses(evidence: Evidence) -> Iterator[ReportedStatus]:
    """The statuses of all connectors, in order."""
    for sent in evidence.sent(m.StatusNotificationRequest):
        if sent.message.connector_id != STATION:
            yield _status(sent)


def _judge_during_transaction(evidence: Evidence) -> Iterator[Violation]:
    for stop in stops(evidence):
        boots = [boot.frame for boot in evidence.sent(m.BootNotificationRequest)]
        has_charged = False
        for status in _statuses(evidence):
            if not _is_within(stop, status):
                continue
            booted = any(stop.transaction.start.frame < frame < status.frame for frame in boots)
            has_charged |= status.name in IN_TRANSACTION
            # The station may be late to report Preparing.
            is_excluded = status.name in WITHOUT_TRANSACTION and (has_charged or status.name != "Preparing")
            if is_excluded and not booted and _precedes_stop(stop, status):
                yield Violation(
                    f"connector {status.connector_id} {', '.join(IN_TRANSACTION)} until its transaction"
                    f" {stop.transaction.transaction_id} stops",
                    f"{status.name}, before the transaction was stopped",
                    status.frame,
                )


def _is_within(stop: Stop, status: ReportedStatus) -> bool:
    """Whether it was reported between start and stop; a start that was queued may be reported after it."""
    transaction = stop.transaction
    started = transaction.started_at + stop.evidence.settings.time_tolerance
    has_started = transaction.start.frame < status.frame or status.since > started
    is_before = status.frame < stop.request.frame
    return status.connector_id == transaction.connector_id and has_started and is_before


def _precedes_stop(stop: Stop, status: ReportedStatus) -> bool:
    """Whether the transaction was stopped after the status: its cause came later, or the station names a later time."""
    transaction = stop.transaction
    if status.since < transaction.started_at:
        return False
    cause, cause_before = has_cause(stop), has_cause(stop._replace(until=status.frame))
    if cause and not cause_before:
        return True
    tolerance = stop.evidence.settings.time_tolerance
    received_earlier = stop.request.at - _received_at(stop.evidence, status) > tolerance
    return not cause_before and received_earlier and transaction.stopped_at - status.since > tolerance


def _received_at(evidence: Evidence, status: ReportedStatus) -> float:
    return next(each.at for each in evidence.station_requests if each.frame == status.frame)


DURING_TRANSACTION = Rule("status during a transaction", "section 4.9", _judge_during_transaction)


def _judge_transitions(evidence: Evidence) -> Iterator[Violation]:
    boots = [boot.frame for boot in evidence.sent(m.BootNotificationRequest)]
    ordered = sorted(_statuses(evidence), key=lambda status: (status.connector_id, status.frame))
    for connector_id, of_connector in groupby(ordered, key=lambda status: status.connector_id):
        for before, after in pairwise(of_connector):
            booted = any(before.frame < frame < after.frame for frame in boots)
            if not booted and _is_impossible(evidence, before, after):
                yield Violation(
                    f"a new session between {before.name} and {after.name} of connector {connector_id}",
                    "none",
                    after.frame,
                )


def _is_impossible(evidence: Evidence, before: ReportedStatus, after: ReportedStatus) -> bool:
    """Whether a session is missing between the two (A6, F3 to F5); brief statuses in it may be omitted."""
    at_connector = [each for each in transactions(evidence) if each.connector_id == before.connector_id]
    started = any(_began_after(transaction, before, at_connector[0]) for transaction in at_connector)
    if before.name == "Finishing" and after.name in IN_TRANSACTION:
        return not started
    if before.name == "Available" and after.name == "Finishing":
        return not started and not _used_after(evidence, before)
    return False


def _began_after(transaction: Transaction, status: ReportedStatus, first: Transaction) -> bool:
    """Whether it was reported after the status, or before a late status of the transaction before it."""
    is_later = transaction is not first and transaction.started_at >= status.since - CLOCK_RESOLUTION
    return transaction.start.frame > status.frame or is_later


def _used_after(evidence: Evidence, status: ReportedStatus) -> bool:
    arrivals = evidence.actions_of(ActionKind.PLUG_IN, ActionKind.PARK)
    attempts = [(attempt.frame, attempt.at) for attempt in start_attempts(evidence)]
    acts = [*attempts, *((action.frame, action.ended) for action in arrivals)]
    return any(frame > status.frame or at >= status.since - CLOCK_RESOLUTION for frame, at in acts)


TRANSITIONS = Rule("changes of a connector's status", "section 4.9", _judge_transitions)


def _judge_ended_usage(evidence: Evidence) -> Iterator[Violation]:
    """Available after Preparing ends the intended usage (B1): the next transaction needs a new authorization."""
    attempts = [attempt.frame for attempt in start_attempts(evidence)]
    for transaction in transactions(evidence):
        start = transaction.start.frame
        here = [each for each in _statuses(evidence) if each.connector_id == transaction.connector_id]
        before = [status for status in here if status.frame < start]
        for preparing, available in pairwise(before):
            is_ended = (preparing.name, available.name) == ("Preparing", "Available")
            is_new = any(preparing.frame < frame <= start for frame in attempts)
            others = (
                each.start.frame for each in transactions(evidence) if each.connector_id == available.connector_id
            )
            is_over = any(available.frame < frame < start for frame in others)
            if is_ended and not is_new and not is_over and transaction.started_at >= available.since:
                yield Violation(
                    f"a new authorization after connector {available.connector_id} was Available again",
                    "StartTransactionRequest without it",
                    start,
                )


ENDED_USAGE = Rule("transaction after the end of the intended usage", "section 4.9", _judge_ended_usage)
