"""Keeps the sequence numbers of a transaction without a gap when an event is taken away or added."""

from collections import Counter

import msgspec

from plugfest.ocpp import frames
from plugfest.ocpp.frames import Call

EVENT = "TransactionEvent"


class Renumbering:
    """Shifts `seqNo` of the later events of a transaction (E01.FR.07)."""

    def __init__(self) -> None:
        self._shifts: Counter[str] = Counter()

    @property
    def active(self) -> bool:
        """Whether any event is shifted."""
        return bool(self._shifts)

    def clear(self) -> None:
        """Shift nothing any more."""
        self._shifts.clear()

    def shift(self, call: Call, by: int) -> None:
        """Shift the events that follow this one; requests that are no TransactionEvent have no numbers."""
        if call.action == EVENT:
            self._shifts[_transaction_id(msgspec.json.decode(call.payload))] += by

    def renumbered(self, call: Call) -> Call:
        """The request with its shifted number."""
        if call.action != EVENT:
            return call
        payload = msgspec.json.decode(call.payload)
        payload["seqNo"] += self._shifts[_transaction_id(payload)]
        return Call(call.message_id, call.action, msgspec.Raw(msgspec.json.encode(payload)))


def call_text(call: Call) -> str:
    """The frame of a request."""
    return frames.call(call.message_id, call.action, bytes(call.payload))


def _transaction_id(payload: dict[str, dict[str, str]]) -> str:
    return payload["transactionInfo"]["transactionId"]
