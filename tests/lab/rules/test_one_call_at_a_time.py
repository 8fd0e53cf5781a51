"""A station that does not wait for an answer is noticed; one that has waited long enough is not accused."""

from tests.lab.conversations import Conversation
from tests.lab.rules.cases import broken_at

from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.one_call_at_a_time import one_call_at_a_time


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
