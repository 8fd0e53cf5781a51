"""A TransactionEvent is sent again when it was not delivered (E13), and only then."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from plugfest.lab.record import Direction, Frame
from plugfest.lab.verdict import Finding

CALL, CALLRESULT = 2, 3


class _Sent(msgspec.Struct):
    """An event as it was sent last, and whether the lab answered it. Times in seconds of loop time."""

    at: float
    answered: bool = False


def judge(frames: Iterable[Frame], connected_at: Sequence[float]) -> Iterator[Finding]:
    """A finding for each event that was answered and came again over the same connection.

    `connected_at` are the loop times at which connections began: an answer on its way when the connection broke may
    never have arrived, so after that an event may come again.
    """
    sent: dict[tuple[object, object], _Sent] = {}
    by_message_id: dict[str, _Sent] = {}
    for frame in frames:
        parts = _parts(frame)
        if _is_transaction_event(frame, parts):
            key = (parts[3]["transactionInfo"].get("transactionId"), parts[3].get("seqNo"))
            before = sent.get(key)
            if before is not None and before.answered and not any(before.at < at <= frame.at for at in connected_at):
                yield _finding(key, frame)
            sent[key] = by_message_id[parts[1]] = _Sent(frame.at)
        elif frame.direction is Direction.FROM_LAB and parts[:1] == [CALLRESULT] and parts[1] in by_message_id:
            by_message_id[parts[1]].answered = True


def _parts(frame: Frame) -> list[Any]:
    try:
        parts = msgspec.json.decode(frame.text)
    except msgspec.DecodeError:
        return []
    return parts if isinstance(parts, list) else []


def _is_transaction_event(frame: Frame, parts: list[Any]) -> bool:
    if frame.direction is not Direction.FROM_STATION or parts[:1] != [CALL] or len(parts) != 4:
        return False
    return parts[2] == "TransactionEvent" and isinstance(parts[3], dict) and "transactionInfo" in parts[3]


def _finding(key: tuple[object, object], frame: Frame) -> Finding:
    return Finding(
        requirement="E13.FR.01",
        expected=f"TransactionEventRequest seqNo {key[1]} once: it was answered",
        actual="sent again",
        frame=frame.index,
    )
