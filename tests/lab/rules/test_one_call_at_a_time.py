"""A station that does not wait for an answer is noticed; one that has waited long enough is not accused."""

import json
from datetime import UTC, datetime

from plugfest.lab.exchanges import exchanges
from plugfest.lab.record import Direction, Frame
from plugfest.lab.rules import one_call_at_a_time
from plugfest.ocpp.versions import V201

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def conversation(*said: tuple[float, str]) -> list[Frame]:
    """`call a` is a request of the station with message id a, `answer a` the lab's answer to it."""
    frames = []
    for index, (at, what) in enumerate(said):
        kind, message_id = what.split()
        if kind == "call":
            text, direction = json.dumps([2, message_id, "Heartbeat", {}]), Direction.FROM_STATION
        else:
            text, direction = json.dumps([3, message_id, {}]), Direction.FROM_LAB
        frames.append(Frame(index, at, DAY, direction, text))
    return frames


def found(*said: tuple[float, str]) -> list[int | None]:
    return [finding.frame for finding in one_call_at_a_time.judge(exchanges(conversation(*said), V201), "4.1.1")]


def test_one_request_after_the_other_is_right() -> None:
    assert found((0, "call a"), (0, "answer a"), (0, "call b"), (0, "answer b")) == []


def test_a_request_before_the_answer_to_the_one_before_it_is_found() -> None:
    assert found((0, "call a"), (0.1, "call b"), (0.2, "answer a"), (0.3, "answer b")) == [1]


def test_a_station_that_has_given_up_may_go_on() -> None:
    assert found((0, "call a"), (30, "call b"), (31, "answer a"), (31, "answer b")) == []


def test_a_request_that_the_lab_never_answered_blocks_nothing() -> None:
    assert found((0, "call a"), (1, "call b"), (1, "answer b")) == []
