"""What holds for the events of every transaction, whatever the case is about."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from plugfest.lab.ledger import EventSeen, TransactionSeen
from plugfest.lab.verdict import Finding
from plugfest.ocpp.v201 import messages as m


def judge(transaction: TransactionSeen) -> Iterator[Finding]:
    """Each rule of this file that the transaction breaks."""
    sent = _distinct(transaction)
    if not sent:
        return
    yield from _sequence(sent)
    yield from _started_first(sent)
    yield from _nothing_after_the_end(sent)


def _distinct(transaction: TransactionSeen) -> list[EventSeen]:
    """The events in the order of their seqNo; a retry of the same message counts once (E13).

    One that was sent and not answered when the connection broke comes again as queued (E11.FR.02).
    """
    distinct: list[EventSeen] = []
    for event in sorted(transaction.events, key=lambda seen: seen.message.seq_no):
        if not distinct or _queued(distinct[-1].message) != _queued(event.message):
            distinct.append(event)
    return distinct


def _queued(message: m.TransactionEventRequest) -> m.TransactionEventRequest:
    return msgspec.structs.replace(message, offline=True)


def _sequence(sent: list[EventSeen]) -> Iterator[Finding]:
    """E01.FR.07: seqNo goes up by one with each event."""
    for earlier, later in pairwise(sent):
        expected = earlier.message.seq_no + 1
        if later.message.seq_no != expected:
            yield Finding(
                requirement="E01.FR.07",
                expected=f"TransactionEventRequest.seqNo {expected} after {earlier.message.seq_no}",
                actual=str(later.message.seq_no),
                frame=later.frame,
            )


def _started_first(sent: list[EventSeen]) -> Iterator[Finding]:
    """Part 6 section 2.1: the first event of a transaction is Started, and no other one is."""
    for number, event in enumerate(sent):
        if (event.message.event_type == "Started") != (number == 0):
            yield Finding(
                requirement="Part 6 section 2.1",
                expected="eventType Started in the first event of a transaction and only there",
                actual=f"{event.message.event_type} as number {number + 1}",
                frame=event.frame,
            )


def _nothing_after_the_end(sent: list[EventSeen]) -> Iterator[Finding]:
    """E06: eventType Ended is the last word on a transaction."""
    for event in sent[:-1]:
        if event.message.event_type == "Ended":
            yield Finding(
                requirement="E06",
                expected="no TransactionEventRequest after eventType Ended",
                actual=f"{len(sent) - 1 - sent.index(event)} more",
                frame=event.frame,
            )
