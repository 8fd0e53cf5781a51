"""Exchanges from a record: each CALL with its answer."""

from tests.lab.conversations import Conversation

from plugfest.lab.recording.exchanges import exchanges
from plugfest.lab.recording.record import Direction
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201


def test_an_answer_belongs_to_the_request_with_its_message_id_at_the_other_end() -> None:
    talk = Conversation()
    talk.add(Direction.FROM_LAB, 1.0, '[2,"same","ClearCache",{}]')
    talk.add(Direction.FROM_STATION, 2.0, '[2,"same","Heartbeat",{}]')
    talk.add(Direction.FROM_STATION, 3.0, '[3,"same",{"status":"Accepted"}]')
    talk.add(Direction.FROM_LAB, 4.0, '[3,"same",{"currentTime":"2026-01-01T00:00:00Z"}]')
    of_the_lab, of_the_station = exchanges(talk.frames, V201)
    assert (of_the_lab.by, of_the_lab.at, of_the_lab.answered_at) == (Direction.FROM_LAB, 1.0, 3.0)
    assert isinstance(of_the_lab.response, m.ClearCacheResponse)
    assert (of_the_station.by, of_the_station.at, of_the_station.answered_at) == (Direction.FROM_STATION, 2.0, 4.0)
    assert isinstance(of_the_station.response, m.HeartbeatResponse)


def test_a_request_without_an_answer_has_none() -> None:
    talk = Conversation()
    talk.lab(1.0, "ClearCache")
    (asked,) = exchanges(talk.frames, V201)
    assert (asked.answered_at, asked.response) == (None, None)


def test_a_refusal_is_an_answer_without_a_response() -> None:
    talk = Conversation()
    talk.add(Direction.FROM_STATION, 2.0, [4, talk.lab(1.0, "ClearCache"), "NotSupported", "", {}])
    (asked,) = exchanges(talk.frames, V201)
    assert (asked.answered_at, asked.response) == (2.0, None)


def test_the_second_of_two_answers_is_ignored() -> None:
    talk = Conversation()
    message_id = talk.lab(1.0, "ClearCache")
    talk.answers(2.0, message_id, status="Accepted")
    talk.answers(9.0, message_id, status="Rejected")
    (asked,) = exchanges(talk.frames, V201)
    assert (asked.answered_at, asked.response) == (2.0, m.ClearCacheResponse(status="Accepted"))  # type: ignore[arg-type]


def test_a_payload_that_violates_the_schema_is_none_and_an_invalid_frame_is_left_out() -> None:
    talk = Conversation()
    talk.add(Direction.FROM_STATION, 1.0, "nonsense")
    talk.station(2.0, "Juggle")
    talk.station(3.0, "StatusNotification", connectorStatus="Broken")
    talk.answers(5.0, talk.lab(4.0, "ClearCache"), status="Perhaps")
    juggled, broken, asked = exchanges(talk.frames, V201)
    assert (juggled.request, broken.request) == (None, None)
    assert (asked.answered_at, asked.response) == (5.0, None)
