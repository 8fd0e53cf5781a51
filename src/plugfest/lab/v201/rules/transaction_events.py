"""No transaction id is ever used for two transactions."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.connection_timeline import Line, undelivered
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_exchanges, happened, transactions
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _judge_transaction_ids(evidence: Evidence) -> Iterator[Breach]:
    """Of two that begin in one case the second is found by its Started event already."""
    for told in evidence.told(m.TransactionEventRequest):
        transaction_id = told.message.transaction_info.transaction_id
        if told.message.event_type == "Started" and transaction_id in evidence.known:
            yield Breach("a transactionId that the station has not used before", transaction_id, told.frame)


TRANSACTION_IDS = Rule("a new id for each transaction", "E01.FR.08", _judge_transaction_ids)


def _judge_seq_no(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        for earlier, later in pairwise(transaction.events):
            expected = earlier.message.seq_no + 1
            if later.message.seq_no != expected:
                yield Breach(
                    f"TransactionEventRequest.seqNo {expected} after {earlier.message.seq_no}",
                    str(later.message.seq_no),
                    later.frame,
                )


SEQ_NO = Rule("seqNo without gaps", "E01.FR.07", _judge_seq_no)


def _judge_started_first(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        for number, event in enumerate(transaction.events, 1):
            if (event.message.event_type == "Started") != (number == 1):
                yield Breach(
                    "eventType Started in the first event of a transaction and only there",
                    f"{event.message.event_type} as number {number}",
                    event.frame,
                )


STARTED_FIRST = Rule("Started in the first event", "Part 6 section 2.1", _judge_started_first)


def _judge_ended_last(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        events = transaction.events
        for number, event in enumerate(events[:-1], 1):
            if event.message.event_type == "Ended":
                more = len(events) - number
                yield Breach("no TransactionEventRequest after eventType Ended", f"{more} more", event.frame)


NOTHING_AFTER_THE_END = Rule("nothing after Ended", "E06", _judge_ended_last)


def _judge_offline_flag(evidence: Evidence) -> Iterator[Breach]:
    line = Line(evidence)
    margin = evidence.settings.time_tolerance
    delayed = list(undelivered(event_exchanges(evidence)))
    for transaction in transactions(evidence):
        for event in transaction.sent:
            at, flag = happened(event), event.message.offline is True
            if line.is_down(at, margin=margin) and not flag:
                yield Breach("TransactionEventRequest.offline true: there was no connection", "not", event.frame)
            elif flag and line.is_up(at, margin=margin) and not any(one.holds(at) for one in delayed):
                yield Breach("TransactionEventRequest.offline false or omitted: it was connected", "true", event.frame)


OFFLINE_FLAG = Rule("offline on what happened offline", "E04.FR.03", _judge_offline_flag)


def _judge_evse_after_plug_in(evidence: Evidence) -> Iterator[Breach]:
    plugged = list(evidence.done(ActionKind.PLUG_IN))
    evses = {action.evse_id for action in plugged}
    for action in plugged:
        for transaction in transactions(evidence):
            # Of one that never says where it takes place this is known only if there is a single EVSE in use.
            if transaction.evse_id == action.evse_id or (transaction.evse_id is None and len(evses) == 1):
                yield from _judge_first_event(transaction, action, _time_of_unplug(evidence, action))


def _time_of_unplug(evidence: Evidence, plugged: OperatorAction) -> float:
    """When the cable came out again."""
    place = (plugged.evse_id, plugged.connector_id)
    out = (
        action.began for action in evidence.done(ActionKind.PLUG_OUT) if (action.evse_id, action.connector_id) == place
    )
    return next((at for at in out if at >= plugged.began), inf)


def _judge_first_event(transaction: Transaction, action: OperatorAction, unplugged: float) -> Iterator[Breach]:
    event = next((each for each in transaction.events if _is_after(each, action)), None)
    if event is None or happened(event) >= unplugged or _named_connector_before(transaction, event):
        return
    evse = given(event.message.evse)
    if evse is None or (evse.id, given(evse.connector_id)) != (action.evse_id, action.connector_id):
        told = "omitted" if evse is None else f"{evse.id}, connectorId {given(evse.connector_id) or 'omitted'}"
        yield Breach(
            f"TransactionEventRequest.evse {action.evse_id}, connectorId {action.connector_id} in the first event after"
            " the cable was plugged in there",
            told,
            event.frame,
        )


def _named_connector_before(transaction: Transaction, event: Event) -> bool:
    """Whether an earlier event named the connector: a cable that comes back to it is no news."""
    evses = (given(each.message.evse) for each in transaction.events if each.message.seq_no < event.message.seq_no)
    return any(evse is not None and given(evse.connector_id) is not None for evse in evses)


def _is_after(event: Event, action: OperatorAction) -> bool:
    """Whether the event is about a time after the plug was in; what was queued before it does not count."""
    if event.message.trigger_reason == "CablePluggedIn":
        return event.frame >= action.frame
    return event.frame >= action.frame and happened(event) >= action.ended


EVSE_AFTER_PLUG_IN = Rule(
    "evse and connectorId in the first event after plug-in", "E01.FR.16", _judge_evse_after_plug_in
)
