"""Message ids, one request at a time, response times."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import violating_frames

from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.ocpp_j import RESPONSE_TIME, one_request_at_a_time, unique_message_ids

WITH_LIMIT = "chargepoint-ct4000"
"""A product whose vendor specifies 10 s."""


def heartbeat(message_id: str, at: float = 1.0) -> Conversation:
    record = Conversation()
    record.add(Direction.FROM_STATION, at, [2, message_id, "Heartbeat", {}])
    return record


def test_a_message_id_used_twice_in_a_campaign_is_a_violation() -> None:
    rule = unique_message_ids("4.1.4")
    assert violating_frames(rule, heartbeat("a")) == []
    assert violating_frames(rule, heartbeat("b")) == []
    assert violating_frames(rule, heartbeat("a")) == [0]


def test_lab_and_station_may_use_the_same_message_ids() -> None:
    record = heartbeat("a")
    record.add(Direction.FROM_LAB, 2, [2, "a", "ClearCache", {}])
    assert violating_frames(unique_message_ids("4.1.4"), record) == []


def violations_of_order(*frames: tuple[float, str]) -> list[int | None]:
    """`call a` is a request of the station with message id a, `answer a` the lab's answer to it."""
    record = Conversation()
    for at, what in frames:
        kind, message_id = what.split()
        if kind == "call":
            record.add(Direction.FROM_STATION, at, [2, message_id, "Heartbeat", {}])
        else:
            record.add(Direction.FROM_LAB, at, [3, message_id, {}])
    return violating_frames(one_request_at_a_time("4.1.1"), record)


def test_one_request_after_the_other_conforms() -> None:
    assert violations_of_order((0, "call a"), (0, "answer a"), (0, "call b"), (0, "answer b")) == []


def test_a_request_before_the_answer_to_the_previous_one_is_a_violation() -> None:
    assert violations_of_order((0, "call a"), (0.1, "call b"), (0.2, "answer a"), (0.3, "answer b")) == [1]


def test_the_next_request_may_follow_a_timeout() -> None:
    assert violations_of_order((0, "call a"), (30, "call b"), (31, "answer a"), (31, "answer b")) == []


def test_a_request_without_an_answer_does_not_block_the_next_one() -> None:
    assert violations_of_order((0, "call a"), (1, "call b"), (1, "answer b")) == []


def answered(after: float) -> Conversation:
    record = Conversation()
    record.answers(1 + after, record.lab(1, "ClearCache"), status="Accepted")
    return record


def test_an_answer_within_the_limit_of_the_vendor_conforms() -> None:
    assert violating_frames(RESPONSE_TIME, answered(10.0), product=WITH_LIMIT) == []


def test_a_later_answer_is_a_violation() -> None:
    assert violating_frames(RESPONSE_TIME, answered(11.0), product=WITH_LIMIT) == [1]


def test_without_a_limit_of_the_vendor_the_timeout_of_the_lab_applies() -> None:
    assert violating_frames(RESPONSE_TIME, answered(29.0), product="reference-ac") == []
    assert violating_frames(RESPONSE_TIME, answered(31.0), product="reference-ac") == [1]
