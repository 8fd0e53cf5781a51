"""Once a cable is in, the next event says where."""

from collections.abc import Iterator
from math import inf

from plugfest.lab.acts import Act, Deed
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.rules.v201.transactions import Event, Transaction, happened, transactions
from plugfest.ocpp.message import given


def _judge(evidence: Evidence) -> Iterator[Breach]:
    plugged = list(evidence.done(Deed.PLUG_IN))
    evses = {act.evse_id for act in plugged}
    for act in plugged:
        for transaction in transactions(evidence):
            # Of one that never says where it takes place this is known only if there is a single EVSE in use.
            if transaction.evse_id == act.evse_id or (transaction.evse_id is None and len(evses) == 1):
                yield from _first_event(transaction, act, _unplugged(evidence, act))


def _unplugged(evidence: Evidence, plugged: Act) -> float:
    """When the cable came out again."""
    place = (plugged.evse_id, plugged.connector_id)
    out = (act.began for act in evidence.done(Deed.PLUG_OUT) if (act.evse_id, act.connector_id) == place)
    return next((at for at in out if at >= plugged.began), inf)


def _first_event(transaction: Transaction, act: Act, unplugged: float) -> Iterator[Breach]:
    event = next((each for each in transaction.events if _is_later(each, act)), None)
    if event is None or happened(event) >= unplugged or _is_known(transaction, event):
        return
    evse = given(event.message.evse)
    if evse is None or (evse.id, given(evse.connector_id)) != (act.evse_id, act.connector_id):
        told = "omitted" if evse is None else f"{evse.id}, connectorId {given(evse.connector_id) or 'omitted'}"
        yield Breach(
            f"TransactionEventRequest.evse {act.evse_id}, connectorId {act.connector_id} in the first event after"
            " the cable was plugged in there",
            told,
            event.frame,
        )


def _is_known(transaction: Transaction, event: Event) -> bool:
    """Whether an earlier event named the connector: a cable that comes back to it is no news."""
    evses = (given(each.message.evse) for each in transaction.events if each.message.seq_no < event.message.seq_no)
    return any(evse is not None and given(evse.connector_id) is not None for evse in evses)


def _is_later(event: Event, act: Act) -> bool:
    """Whether the event is about a time after the plug was in; what was queued before it does not count."""
    if event.message.trigger_reason == "CablePluggedIn":
        return event.frame >= act.frame
    return event.frame >= act.frame and happened(event) >= act.ended


EVSE_AFTER_PLUG_IN = Rule("evse and connectorId in the first event after plug-in", "E01.FR.16", _judge)
