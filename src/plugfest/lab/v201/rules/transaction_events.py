"""Transaction events: unique transaction ids, seqNo, Started and Ended, the offline flag, and the connector."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.connection_timeline import awaiting_retry, connection_timeline
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import (
    Event,
    Transaction,
    event_exchanges,
    event_time,
    latest_event_time,
    seen_transactions,
    transactions,
)
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _judge_transaction_ids(evidence: Evidence) -> Iterator[Violation]:
    """An id that is used twice in one case violates STARTED_FIRST with its second Started event."""
    for sent in evidence.sent(m.TransactionEventRequest):
        transaction_id = sent.message.transaction_info.transaction_id
        if sent.message.event_type == "Started" and transaction_id in evidence.known_transactions:
            yield Violation(
                "a transactionId that the station has not used before", f"transactionId {transaction_id}", sent.frame
            )


TRANSACTION_IDS = Rule("unique transaction ids", "E01.FR.08", _judge_transaction_ids)


def _judge_seq_no(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        for earlier, later in pairwise(transaction.events):
            expected = earlier.message.seq_no + 1
            if later.message.seq_no != expected:
                yield Violation(
                    f"TransactionEventRequest.seqNo {expected} after {earlier.message.seq_no} in transaction"
                    f" {transaction.id}",
                    f"seqNo {later.message.seq_no}",
                    later.frame,
                )


SEQ_NO = Rule("seqNo without gaps", "E01.FR.07", _judge_seq_no)


def _judge_started_first(evidence: Evidence) -> Iterator[Violation]:
    new = transactions(evidence)
    for transaction in seen_transactions(evidence):
        for number, event in enumerate(transaction.events, 1):
            is_unseen_start = number == 1 and transaction not in new
            if not is_unseen_start and (event.message.event_type == "Started") != (number == 1):
                yield Violation(
                    "eventType Started in the first event of a transaction and in no other one",
                    f"eventType {event.message.event_type} in event {number} of transaction {transaction.id}",
                    event.frame,
                )


STARTED_FIRST = Rule("Started in the first event", "Part 6 section 2.1", _judge_started_first)


def _judge_ended_last(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        events = transaction.events
        for number, event in enumerate(events[:-1], 1):
            if event.message.event_type == "Ended":
                yield Violation(
                    "no TransactionEventRequest after eventType Ended",
                    f"{len(events) - number} more of transaction {transaction.id}",
                    event.frame,
                )


ENDED_LAST = Rule("no event after Ended", "E06", _judge_ended_last)


def _judge_offline_flag(evidence: Evidence) -> Iterator[Violation]:
    timeline = connection_timeline(evidence)
    margin = evidence.settings.time_tolerance
    retry_intervals = list(awaiting_retry(event_exchanges(evidence)))
    for transaction in seen_transactions(evidence):
        for event in transaction.received:
            at, is_offline = event_time(event), event.message.offline is True
            what = f"for an event at {event.message.timestamp.isoformat()}, when the station was"
            if evidence.is_before_lab(at):
                continue  # the station may have been connected to another CSMS
            if timeline.is_disconnected(at, margin=margin) and not is_offline:
                yield Violation(
                    f"TransactionEventRequest.offline true {what} not connected",
                    "false" if event.message.offline is False else "omitted",
                    event.frame,
                )
            elif (
                is_offline
                and timeline.is_connected(at, margin=margin)
                and not any(interval.contains(at) for interval in retry_intervals)
            ):
                yield Violation(
                    f"TransactionEventRequest.offline false or omitted {what} connected", "true", event.frame
                )


OFFLINE_FLAG = Rule("offline flag", "E04.FR.03", _judge_offline_flag)


def _judge_evse_after_plug_in(evidence: Evidence) -> Iterator[Violation]:
    plug_ins = list(evidence.actions_of(ActionKind.PLUG_IN))
    evse_ids = {action.evse_id for action in plug_ins}
    for action in plug_ins:
        for transaction in transactions(evidence):
            # A transaction that never reports its EVSE is judged only if a single EVSE was in use.
            if transaction.evse_id == action.evse_id or (transaction.evse_id is None and len(evse_ids) == 1):
                yield from _judge_first_event(transaction, action, _time_of_unplug(evidence, action))


def _time_of_unplug(evidence: Evidence, plug_in: OperatorAction) -> float:
    """When the cable was unplugged again."""
    connector = (plug_in.evse_id, plug_in.connector_id)
    times = (
        action.began
        for action in evidence.actions_of(ActionKind.UNPLUG)
        if (action.evse_id, action.connector_id) == connector
    )
    return next((at for at in times if at >= plug_in.began), inf)


def _judge_first_event(transaction: Transaction, action: OperatorAction, unplugged: float) -> Iterator[Violation]:
    event = next((each for each in transaction.events if _is_after(each, action)), None)
    if event is None or latest_event_time(event) >= unplugged or _connector_already_reported(transaction, event):
        return
    evse = given(event.message.evse)
    if evse is None or (evse.id, given(evse.connector_id)) != (action.evse_id, action.connector_id):
        actual = "omitted" if evse is None else f"id {evse.id}, connectorId {given(evse.connector_id) or 'omitted'}"
        yield Violation(
            f"TransactionEventRequest.evse with id {action.evse_id} and connectorId {action.connector_id} in the first"
            " event after the cable was plugged in",
            actual,
            event.frame,
        )


def _connector_already_reported(transaction: Transaction, event: Event) -> bool:
    """Whether an earlier event reported the connector: then a cable plugged in again need not be reported."""
    evses = (given(each.message.evse) for each in transaction.events if each.message.seq_no < event.message.seq_no)
    return any(evse is not None and given(evse.connector_id) is not None for evse in evses)


def _is_after(event: Event, action: OperatorAction) -> bool:
    """Whether the event happened after the cable was plugged in; an event that was queued before does not count."""
    if event.message.trigger_reason == "CablePluggedIn":
        return event.frame >= action.frame
    return event.frame >= action.frame and event_time(event) >= action.ended


EVSE_AFTER_PLUG_IN = Rule(
    "evse and connectorId in the first event after plug-in", "E01.FR.16", _judge_evse_after_plug_in
)
