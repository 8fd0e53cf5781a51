"""What a station has reported is remembered as long as a case may need it."""

from datetime import UTC, datetime

from plugfest.lab.recording.ledger import MAX_ENDED_TRANSACTIONS
from plugfest.lab.v201.ledger import Ledger
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def event(transaction_id: str, kind: str) -> m.TransactionEventRequest:
    return m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType(kind),
        timestamp=datetime(2030, 1, 1, tzinfo=UTC),
        trigger_reason=t.TriggerReasonEnumType.Authorized,
        seq_no=0,
        transaction_info=t.TransactionType(transaction_id=transaction_id),
    )


def test_transactions_that_ended_long_ago_are_known_by_their_ids_only() -> None:
    ledger = Ledger()
    ledger.record_request(event("ongoing", "Started"), 0)
    for number in range(MAX_ENDED_TRANSACTIONS + 2):
        ledger.record_request(event(str(number), "Ended"), number + 1)
    ledger.forget_ended()
    assert len(ledger.transactions) == MAX_ENDED_TRANSACTIONS + 1
    assert [one.transaction_id for one in ledger.ongoing()] == ["ongoing"]
    assert {"ongoing", "0", "1", "2", str(MAX_ENDED_TRANSACTIONS + 1)} <= ledger.transaction_ids()
    assert "0" not in ledger.transactions
