"""The sequence numbers of a transaction after an event was taken away or added."""

import msgspec

from plugfest.ocpp.frames import Call
from plugfest.rig.selftest.mutants.renumbering import Renumbering


def event(number: int, transaction: str = "T") -> Call:
    payload = {"seqNo": number, "transactionInfo": {"transactionId": transaction}}
    return Call("id", "TransactionEvent", msgspec.Raw(msgspec.json.encode(payload)))


def test_later_events_of_the_transaction_are_shifted() -> None:
    renumbering = Renumbering()
    renumbering.shift(event(1), -1)
    assert renumbering.renumbered(event(2)) == event(1)
    renumbering.shift(event(2), 1)
    assert renumbering.renumbered(event(3)) == event(3)


def test_other_transactions_and_other_requests_are_not() -> None:
    renumbering = Renumbering()
    heartbeat = Call("id", "Heartbeat", msgspec.Raw(b"{}"))
    renumbering.shift(heartbeat, 1)
    renumbering.shift(event(1), 1)
    assert renumbering.renumbered(event(2, "U")) == event(2, "U")
    assert renumbering.renumbered(heartbeat) == heartbeat


def test_nothing_is_shifted_after_clear() -> None:
    renumbering = Renumbering()
    renumbering.shift(event(1), 1)
    renumbering.clear()
    assert not renumbering.active
    assert renumbering.renumbered(event(2)) == event(2)
