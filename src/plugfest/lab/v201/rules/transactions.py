"""The transactions of a case, as the rules of OCPP 2.0.1 see them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, SentRequest, once
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m

OWN_TOKENS = frozenset({"NoAuthorization", "Local", "MacAddress", "eMAID"})
"""The types of idTokens that the station or the EV provides, without an act that the lab knows."""

Event = SentRequest[m.TransactionEventRequest]


class Transaction(msgspec.Struct, frozen=True, dict=True):
    """A transaction. `received` are its events in order of arrival, without retries (E13)."""

    id: str
    received: tuple[Event, ...]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """In the order of their seqNo; they may arrive in another order (Part 6 section 2.1)."""
        return tuple(sorted(self.received, key=lambda event: event.message.seq_no))

    @cached_property
    def evse_id(self) -> int | None:
        """The EVSE, if the station has reported it in any event."""
        evses = (given(event.message.evse) for event in self.received)
        return next((evse.id for evse in evses if evse is not None), None)

    @property
    def has_own_token(self) -> bool:
        """Whether the station has authorized without an act that the lab knows."""
        id_tokens = (given(event.message.id_token) for event in self.received)
        return any(id_token is not None and id_token.type in OWN_TOKENS for id_token in id_tokens)


@once
def transactions(evidence: Evidence) -> list[Transaction]:
    """Every transaction that began in the case, in the order of their first events.

    Not those that began before the lab had seen the station: it does not know what caused their events.
    """
    return seen_transactions(evidence) if evidence.began_idle else []


@once
def seen_transactions(evidence: Evidence) -> list[Transaction]:
    """Every transaction of the case, as far as the lab has seen its events, for rules that need no more."""
    received: dict[str, list[Event]] = {}
    for event in evidence.sent(m.TransactionEventRequest):
        transaction_id = event.message.transaction_info.transaction_id
        if transaction_id not in evidence.known_transactions:
            received.setdefault(transaction_id, []).append(event)
    return [Transaction(id, tuple(_without_retries(events))) for id, events in received.items()]


def _without_retries(events: Sequence[Event]) -> Iterator[Event]:
    """An event without an answer when the connection was lost is retried with offline = true (E11.FR.02)."""
    seen: list[m.TransactionEventRequest] = []
    for event in events:
        as_offline = msgspec.structs.replace(event.message, offline=True)
        if as_offline not in seen:
            seen.append(as_offline)
            yield event


def event_time(event: Event) -> float:
    """The loop time of the event's timestamp."""
    return event.exchange.loop_time(event.message.timestamp)


def latest_event_time(event: Event) -> float:
    """The latest loop time that the timestamp can mean: stations may cut it off to milliseconds or seconds."""
    return event_time(event) + (0.001 if event.message.timestamp.microsecond else 1.0)


def event_exchanges(evidence: Evidence) -> list[Exchange]:
    """The exchange of every transaction event."""
    return [event.exchange for event in evidence.sent(m.TransactionEventRequest)]


def delivery_key(message: Request[Any]) -> str | None:
    """Identifies a transaction event, which is retried until it is answered (E04, E13); None for other messages."""
    if not isinstance(message, m.TransactionEventRequest):
        return None
    return f"seqNo {message.seq_no} of transaction {message.transaction_info.transaction_id}"
