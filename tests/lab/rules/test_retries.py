"""Events come again when nobody answered them, and at no other time."""

import json
from datetime import UTC, datetime
from typing import Any

from plugfest.lab.exchanges import exchanges
from plugfest.lab.record import Direction, Frame
from plugfest.lab.rules import retries
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def delivery(message: Request[Any]) -> str | None:
    return str(message.seq_no) if isinstance(message, m.TransactionEventRequest) else None


def event(at: float, message_id: str, seq_no: int = 0) -> Frame:
    payload = {
        "eventType": "Updated",
        "timestamp": "2026-01-01T00:00:00Z",
        "triggerReason": "MeterValuePeriodic",
        "seqNo": seq_no,
        "transactionInfo": {"transactionId": "T1"},
    }
    text = json.dumps([2, message_id, "TransactionEvent", payload])
    return Frame(int(at), at, DAY, Direction.FROM_STATION, text)


def answer(at: float, message_id: str) -> Frame:
    return Frame(int(at), at, DAY, Direction.FROM_LAB, json.dumps([3, message_id, {}]))


def refusal(at: float, message_id: str) -> Frame:
    return Frame(int(at), at, DAY, Direction.FROM_LAB, json.dumps([4, message_id, "InternalError", "", {}]))


def found(*frames: Frame, connected_at: tuple[float, ...] = (0.0,)) -> list[int | None]:
    said = exchanges(frames, V201)
    return [finding.frame for finding in retries.judge(said, connected_at, delivery, "E13.FR.01")]


def test_an_answered_event_must_not_come_again() -> None:
    assert found(event(1, "a"), answer(2, "a"), event(3, "b")) == [3]


def test_an_event_that_nobody_answered_may_come_again() -> None:
    assert found(event(1, "a"), event(9, "b"), answer(10, "b")) == []


def test_an_event_that_was_refused_may_come_again() -> None:
    assert found(event(1, "a"), refusal(2, "a"), event(3, "b")) == []


def test_after_a_lost_connection_the_answer_may_be_lost_too() -> None:
    assert found(event(1, "a"), answer(2, "a"), event(9, "b"), connected_at=(0.0, 8.0)) == []


def test_events_with_other_numbers_are_other_events() -> None:
    assert found(event(1, "a"), answer(2, "a"), event(3, "b", seq_no=1)) == []


def test_what_is_no_ocpp_is_passed_over() -> None:
    nonsense = Frame(5, 5.0, DAY, Direction.FROM_STATION, "{[")
    assert found(event(1, "a"), nonsense, answer(2, "a")) == []
