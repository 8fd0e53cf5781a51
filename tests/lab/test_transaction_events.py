"""What the standing rules say of the events of one transaction."""

from datetime import UTC, datetime
from typing import Any

from plugfest.lab.ledger import EventSeen, TransactionSeen
from plugfest.lab.rules.transaction_events import judge
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def event(seq_no: int, event_type: str = "Updated", **fields: Any) -> m.TransactionEventRequest:
    return m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType(event_type),
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        trigger_reason=t.TriggerReasonEnumType.ChargingStateChanged,
        seq_no=seq_no,
        transaction_info=t.TransactionType(transaction_id="T1"),
        **fields,
    )


def requirements(*events: m.TransactionEventRequest) -> list[str]:
    seen = TransactionSeen("T1")
    for frame, message in enumerate(events):
        seen.add(EventSeen(message, frame))
    return [finding.requirement for finding in judge(seen)]


def test_events_may_arrive_in_any_order() -> None:
    assert requirements(event(1), event(0, "Started"), event(2, "Ended")) == []


def test_an_event_that_is_sent_again_counts_once() -> None:
    assert requirements(event(0, "Started"), event(1), event(1), event(2, "Ended")) == []


def test_an_event_that_was_queued_after_it_was_sent_is_the_same_event() -> None:
    assert requirements(event(0, "Started"), event(1), event(1, offline=True)) == []


def test_two_events_with_one_number_are_a_finding() -> None:
    assert requirements(event(0, "Started"), event(1), event(1, number_of_phases_used=3)) == ["E01.FR.07"]


def test_a_transaction_that_does_not_begin_with_its_start_is_a_finding() -> None:
    assert requirements(event(0), event(1, "Started")) == ["Part 6 section 2.1", "Part 6 section 2.1"]


def test_nothing_comes_after_the_end() -> None:
    assert requirements(event(0, "Started"), event(1, "Ended"), event(2)) == ["E06"]
