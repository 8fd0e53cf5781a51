"""A TransactionEvent is sent again when it was not delivered (E13), and only then."""

from collections.abc import Iterable, Iterator, Sequence

from plugfest.lab.exchanges import Exchange, exchanges
from plugfest.lab.record import Direction, Frame
from plugfest.lab.verdict import Finding
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201


def judge(frames: Iterable[Frame], connected_at: Sequence[float]) -> Iterator[Finding]:
    """A finding for each event that was answered and came again over the same connection.

    `connected_at` are the loop times at which connections began: an answer on its way when the connection broke may
    never have arrived, so after that an event may come again.
    """
    sent: dict[tuple[str, int], Exchange] = {}
    for one in exchanges(frames, V201):
        event = one.request
        if one.by is Direction.FROM_STATION and isinstance(event, m.TransactionEventRequest):
            key = (event.transaction_info.transaction_id, event.seq_no)
            before = sent.get(key)
            if before and _delivered(before, one) and not any(before.at < at <= one.at for at in connected_at):
                yield _finding(event, one.frame)
            sent[key] = one


def _delivered(before: Exchange, again: Exchange) -> bool:
    """Whether the lab had taken the event when it came again; with a CALLERROR it did not (E13.FR.02)."""
    return before.response is not None and before.answered_in is not None and before.answered_in < again.frame


def _finding(event: m.TransactionEventRequest, frame: int) -> Finding:
    return Finding(
        requirement="E13.FR.01",
        expected=f"TransactionEventRequest seqNo {event.seq_no} once: it was answered",
        actual="sent again",
        frame=frame,
    )
