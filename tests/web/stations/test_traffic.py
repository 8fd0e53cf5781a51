"""The frames beside a station."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.link.peer import Direction
from plugfest.web.stations import traffic as module
from plugfest.web.stations.traffic import KeptFrame, Traffic, formatted

BOOT = '[2,"1","BootNotification",{"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}}]'
ACCEPTED = '[3,"1",{"currentTime":"2030-01-01T00:00:00Z","interval":300,"status":"Accepted"}]'


def kept(*frames: tuple[Direction, str]) -> list[KeptFrame]:
    traffic = Traffic()
    for direction, text in frames:
        traffic.add(direction, text)
    return traffic.after(0)


def test_an_answer_has_the_name_of_its_request_and_its_short_values() -> None:
    request, answer = kept((Direction.SENT, BOOT), (Direction.RECEIVED, ACCEPTED))
    assert (request.kind, request.title, request.facts, request.sent) == (
        "call",
        "BootNotification",
        "reason: PowerUp",
        True,
    )
    assert (answer.kind, answer.title, answer.sent) == ("result", "BootNotification", False)
    assert answer.facts == "interval: 300, status: Accepted"


def test_the_status_within_an_answer_is_shown() -> None:
    (answer,) = kept((Direction.RECEIVED, '[3,"9",{"idTokenInfo":{"status":"Blocked"}}]'))
    assert (answer.title, answer.facts) == ("answer to an unknown request", "status: Blocked")


def test_an_error_is_shown_with_its_code() -> None:
    _, answer = kept((Direction.SENT, BOOT), (Direction.RECEIVED, '[4,"1","NotSupported","no",{}]'))
    assert (answer.kind, answer.title, answer.facts) == ("error", "BootNotification", "NotSupported: no")


@pytest.mark.parametrize("text", ["", "hello", "[" * 100_000, '[2,"1","A",' + "[" * 5000])
def test_anything_else_is_kept_as_it_is(text: str) -> None:
    (frame,) = kept((Direction.RECEIVED, text))
    assert frame.kind == "other"
    assert formatted(frame) == text


def test_a_password_is_not_kept() -> None:
    (frame,) = kept(
        (Direction.RECEIVED, '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"topsecret"}]')
    )
    assert "topsecret" not in frame.text + frame.facts
    assert "topsecret" not in formatted(frame)


def test_json_is_on_several_lines() -> None:
    (frame,) = kept((Direction.SENT, '[3,"1",{"status":"Accepted"}]'))
    assert formatted(frame).splitlines()[4] == '    "status": "Accepted"'


@given(st.lists(st.integers(0, 400_000), max_size=30))
def test_memory_is_bounded_and_the_newest_frames_are_kept(sizes: list[int]) -> None:
    traffic = Traffic()
    for size in sizes:
        traffic.add(Direction.SENT, "x" * size)
    frames = traffic.after(0)
    assert sum(len(each.text) for each in frames) <= module.MAX_CHARACTERS
    assert [each.number for each in frames] == list(range(len(sizes) - len(frames) + 1, len(sizes) + 1))
    assert len(frames) > 0 or not sizes


def test_the_number_of_frames_is_bounded() -> None:
    traffic = Traffic()
    for _ in range(module.MAX_FRAMES + 5):
        traffic.add(Direction.SENT, BOOT)
    assert len(traffic.after(0)) == module.MAX_FRAMES
    assert traffic.get(5) is None
    assert traffic.get(6) is not None
    assert [each.number for each in traffic.after(traffic.newest - 1)] == [traffic.newest]
