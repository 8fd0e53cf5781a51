"""Once a cable is in, the next event says where."""

from collections.abc import Iterator
from math import inf

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import Event, Transaction, happened, transactions
from plugfest.ocpp.message import given


def _judge(evidence: Evidence) -> Iterator[Breach]:
    plugged = list(evidence.done(ActionKind.PLUG_IN))
    evses = {action.evse_id for action in plugged}
    for action in plugged:
        for transaction in transactions(evidence):
            # Of one that never says where it takes place this is known only if there is a single EVSE in use.
            if transaction.evse_id == action.evse_id or (transaction.evse_id is None and len(evses) == 1):
                yield from _first_event(transaction, action, _unplugged(evidence, action))


def _unplugged(evidence: Evidence, plugged: OperatorAction) -> float:
    """When the cable came out again."""
    place = (plugged.evse_id, plugged.connector_id)
    out = (
        action.began for action in evidence.done(ActionKind.PLUG_OUT) if (action.evse_id, action.connector_id) == place
    )
    return next((at for at in out if at >= plugged.began), inf)


def _first_event(transaction: Transaction, action: OperatorAction, unplugged: float) -> Iterator[Breach]:
    event = next((each for each in transaction.events if _is_later(each, action)), None)
    if event is None or happened(event) >= unplugged or _is_known(transaction, event):
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


def _is_known(transaction: Transaction, event: Event) -> bool:
    """Whether an earlier event named the connector: a cable that comes back to it is no news."""
    evses = (given(each.message.evse) for each in transaction.events if each.message.seq_no < event.message.seq_no)
    return any(evse is not None and given(evse.connector_id) is not None for evse in evses)


def _is_later(event: Event, action: OperatorAction) -> bool:
    """Whether the event is about a time after the plug was in; what was queued before it does not count."""
    if event.message.trigger_reason == "CablePluggedIn":
        return event.frame >= action.frame
    return event.frame >= action.frame and happened(event) >= action.ended


EVSE_AFTER_PLUG_IN = Rule("evse and connectorId in the first event after plug-in", "E01.FR.16", _judge)
