"""Message ids, one request at a time, response times."""

from tests.lab.conversations import Conversation
from tests.lab.rules.cases import broken_at

from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.ocpp_j import ANSWERS_IN_TIME, message_ids, one_call_at_a_time

WITH_LIMIT = "chargepoint-ct4000"
"""Whose vendor allows 10 s."""


def heartbeat(message_id: str, at: float = 1.0) -> Conversation:
    talk = Conversation()
    talk.add(Direction.FROM_STATION, at, [2, message_id, "Heartbeat", {}])
    return talk


def test_a_message_id_is_used_once_in_a_campaign() -> None:
    rule = message_ids("4.1.4")
    assert broken_at(rule, heartbeat("a")) == []
    assert broken_at(rule, heartbeat("b")) == []
    assert broken_at(rule, heartbeat("a")) == [0]


def test_the_lab_may_use_the_same_ids() -> None:
    talk = heartbeat("a")
    talk.add(Direction.FROM_LAB, 2, [2, "a", "ClearCache", {}])
    assert broken_at(message_ids("4.1.4"), talk) == []


def found(*said: tuple[float, str]) -> list[int | None]:
    """`call a` is a request of the station with message id a, `answer a` the lab's answer to it."""
    talk = Conversation()
    for at, what in said:
        kind, message_id = what.split()
        if kind == "call":
            talk.add(Direction.FROM_STATION, at, [2, message_id, "Heartbeat", {}])
        else:
            talk.add(Direction.FROM_LAB, at, [3, message_id, {}])
    return broken_at(one_call_at_a_time("4.1.1"), talk)


def test_one_request_after_the_other_is_right() -> None:
    assert found((0, "call a"), (0, "answer a"), (0, "call b"), (0, "answer b")) == []


def test_a_request_before_the_answer_to_the_one_before_it_is_found() -> None:
    assert found((0, "call a"), (0.1, "call b"), (0.2, "answer a"), (0.3, "answer b")) == [1]


def test_a_station_that_has_given_up_may_go_on() -> None:
    assert found((0, "call a"), (30, "call b"), (31, "answer a"), (31, "answer b")) == []


def test_a_request_that_the_lab_never_answered_blocks_nothing() -> None:
    assert found((0, "call a"), (1, "call b"), (1, "answer b")) == []


def answered(after: float) -> Conversation:
    talk = Conversation()
    talk.answers(1 + after, talk.lab(1, "ClearCache"), status="Accepted")
    return talk


def test_an_answer_within_the_limit_of_the_vendor_is_right() -> None:
    assert broken_at(ANSWERS_IN_TIME, answered(10.0), product=WITH_LIMIT) == []


def test_a_later_one_is_found() -> None:
    assert broken_at(ANSWERS_IN_TIME, answered(11.0), product=WITH_LIMIT) == [1]


def test_without_a_limit_of_the_vendor_that_of_the_lab_holds() -> None:
    assert broken_at(ANSWERS_IN_TIME, answered(29.0), product="reference-ac") == []
    assert broken_at(ANSWERS_IN_TIME, answered(31.0), product="reference-ac") == [1]
