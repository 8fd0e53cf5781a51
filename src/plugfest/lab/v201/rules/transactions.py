"""The transactions of a case, for the rules about them."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, Told
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m

Event = Told[m.TransactionEventRequest]


class Transaction(msgspec.Struct, frozen=True):
    """A transaction that began in the case. `sent` are its events as they came, without those that came again (E13)."""

    id: str
    sent: tuple[Event, ...]

    @property
    def events(self) -> list[Event]:
        """In the order of their seqNo, which need not be that in which they came (Part 6 section 2.1)."""
        return sorted(self.sent, key=lambda event: event.message.seq_no)

    @property
    def evse_id(self) -> int | None:
        """Where it takes place, if the station ever said so."""
        named = (given(event.message.evse) for event in self.sent)
        return next((evse.id for evse in named if evse is not None), None)


def transactions(evidence: Evidence) -> list[Transaction]:
    """Every transaction that was not known before the case, in the order of first mention."""
    sent: dict[str, list[Event]] = {}
    for event in evidence.told(m.TransactionEventRequest):
        transaction_id = event.message.transaction_info.transaction_id
        if transaction_id not in evidence.known:
            sent.setdefault(transaction_id, []).append(event)
    return [Transaction(id, tuple(_distinct(events))) for id, events in sent.items()]


def _distinct(events: Sequence[Event]) -> Iterator[Event]:
    """One that was sent and not answered when the connection broke comes again as queued (E11.FR.02)."""
    seen: list[m.TransactionEventRequest] = []
    for event in events:
        queued = msgspec.structs.replace(event.message, offline=True)
        if queued not in seen:
            seen.append(queued)
            yield event


def happened(event: Event) -> float:
    """The loop time that the event says it is about."""
    return event.exchange.loop_time(event.message.timestamp)


def event_exchanges(evidence: Evidence) -> list[Exchange]:
    """Every exchange about a transaction event."""
    return [event.exchange for event in evidence.told(m.TransactionEventRequest)]


def delivered_once(message: Request[Any]) -> str | None:
    """The name of an event, which is the same when it comes again; None for any other message."""
    if not isinstance(message, m.TransactionEventRequest):
        return None
    return f"seqNo {message.seq_no} of transaction {message.transaction_info.transaction_id}"
