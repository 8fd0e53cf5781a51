"""What is sent until it is answered is sent again when it was not delivered, and only then."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from plugfest.lab.exchanges import Exchange
from plugfest.lab.record import Direction
from plugfest.lab.verdict import Finding
from plugfest.ocpp.message import Request

Delivery = Callable[[Request[Any]], str | None]
"""What names a message that is sent until it is answered; None for any other message."""


def judge(
    record: Sequence[Exchange], connected_at: Sequence[float], delivery: Delivery, clause: str
) -> Iterator[Finding]:
    """A finding for each message that was answered and came again over the same connection.

    `connected_at` are the loop times at which connections began: an answer on its way when the connection broke may
    never have arrived, so after that a message may come again.
    """
    sent: dict[str, Exchange] = {}
    for one in record:
        if one.by is not Direction.FROM_STATION or one.request is None:
            continue
        name = delivery(one.request)
        if name is None:
            continue
        before = sent.get(name)
        if before and _delivered(before, one) and not any(before.at < at <= one.at for at in connected_at):
            yield Finding(
                requirement=clause,
                expected=f"{one.action}Request {name} once: it was answered",
                actual="sent again",
                frame=one.frame,
            )
        sent[name] = one


def _delivered(before: Exchange, again: Exchange) -> bool:
    """Whether the lab had taken it when it came again; with a CALLERROR it did not (E13.FR.02, 1.6 section 3.7.1)."""
    return before.response is not None and before.answered_in is not None and before.answered_in < again.frame
