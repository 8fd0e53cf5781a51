"""Frames: CALL, CALLRESULT, CALLERROR, and messages that are none of them."""

import json

import pytest
from msgspec import Raw

from plugfest.ocpp import frames
from plugfest.ocpp.errors import Failure

MAX_SIZE = 10_000
ID = "19223201"


def parsed(text: str | bytes) -> frames.Frame:
    return frames.parse(text, MAX_SIZE)


def test_a_call_has_an_action_and_a_payload():
    assert parsed('[2, "19223201", "Heartbeat", {"a": [1]}]') == frames.Call(ID, "Heartbeat", Raw(b'{"a": [1]}'))


def test_a_call_result_has_a_payload():
    assert parsed('[3,"19223201",{}]') == frames.CallResult(ID, Raw(b"{}"))


def test_a_call_error_has_a_code_a_description_and_details():
    error = parsed('[4, "19223201", "NotSupported", "no display", {"why": 1}]')
    assert error == frames.CallError(ID, "NotSupported", "no display", {"why": 1})


def test_bytes_are_read_as_utf_8():
    assert parsed('[3,"é",{}]'.encode()).message_id == "é"


@pytest.mark.parametrize(
    ("text", "failure", "message_id"),
    [
        ("", Failure.UNREADABLE, None),
        ("hello", Failure.UNREADABLE, None),
        ("{}", Failure.UNREADABLE, None),
        ("[]", Failure.UNREADABLE, None),
        ("null", Failure.UNREADABLE, None),
        ("[" * 100_000, Failure.UNREADABLE, None),
        (b"\xff\xfe", Failure.UNREADABLE, None),
        ('[2,"\ud800"]', Failure.UNREADABLE, None),
        ('["2","19223201","Heartbeat",{}]', Failure.UNREADABLE, None),
        ('[2.0,"19223201","Heartbeat",{}]', Failure.UNREADABLE, None),
        ('[true,"19223201","Heartbeat",{}]', Failure.UNREADABLE, None),
        ("[2]", Failure.UNREADABLE, None),
        ('[2,19223201,"Heartbeat",{}]', Failure.UNREADABLE, None),
        ('[2,null,"Heartbeat",{}]', Failure.UNREADABLE, None),
        (f'[2,"{"1" * 37}","Heartbeat",{{}}]', Failure.UNREADABLE, None),
        ('[5,"19223201","Heartbeat",{}]', Failure.UNKNOWN_MESSAGE_TYPE, ID),
        ("[1,[]]", Failure.UNKNOWN_MESSAGE_TYPE, None),
        ("[-1]", Failure.UNKNOWN_MESSAGE_TYPE, None),
        ("[99999999999999999999]", Failure.UNKNOWN_MESSAGE_TYPE, None),
        ('[2,"19223201"]', Failure.MALFORMED_CALL, ID),
        ('[2,"19223201","Heartbeat"]', Failure.MALFORMED_CALL, ID),
        ('[2,"19223201","Heartbeat",{},{}]', Failure.MALFORMED_CALL, ID),
        ('[2,"19223201",7,{}]', Failure.MALFORMED_CALL, ID),
        ('[2,"19223201","Heartbeat",{', Failure.UNPARSABLE_CALL, ID),
        ('[2,"19223201","Heartbeat",{"a": NaN}]', Failure.UNPARSABLE_CALL, ID),
        ('[2,"19223201","Heartbeat",{}] ]', Failure.UNPARSABLE_CALL, ID),
        (f'[2,"19223201","Heartbeat",{{"a":"{"x" * MAX_SIZE}"}}]', Failure.UNPARSABLE_CALL, ID),
        (f'[2,"{"1" * MAX_SIZE}","Heartbeat",{{}}]', Failure.UNREADABLE, None),
        ('[3,"19223201",{', Failure.MALFORMED_ANSWER, ID),
        ('[3,"19223201"]', Failure.MALFORMED_ANSWER, ID),
        ('[3,"19223201",{},{}]', Failure.MALFORMED_ANSWER, ID),
        ("[3,7,{}]", Failure.MALFORMED_ANSWER, None),
        ('[4,"19223201","NotSupported",""]', Failure.MALFORMED_ANSWER, ID),
        ('[4,"19223201",null,"",{}]', Failure.MALFORMED_ANSWER, ID),
        ('[4,"19223201","NotSupported",1,{}]', Failure.MALFORMED_ANSWER, ID),
        ('[4,"19223201","NotSupported","",[]]', Failure.MALFORMED_ANSWER, ID),
        ('[4,"19223201","NotSupported","",null]', Failure.MALFORMED_ANSWER, ID),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_an_invalid_frame_has_a_reason_and_its_readable_id(text, failure, message_id):
    with pytest.raises(frames.FrameError) as caught:
        parsed(text)
    assert (caught.value.failure, caught.value.message_id) == (failure, message_id)
    assert caught.value.description


def test_a_message_may_be_as_large_as_the_limit():
    text = '[3,"19223201",{"é":1}]'
    size = len(text.encode())
    assert isinstance(frames.parse(text, size), frames.CallResult)
    with pytest.raises(frames.FrameError, match=f"message of {size} bytes is larger than {size - 1} bytes"):
        frames.parse(text, size - 1)


def test_what_is_built_can_be_parsed():
    assert parsed(frames.call('a"b', "Heartbeat", b"{}")) == frames.Call('a"b', "Heartbeat", Raw(b"{}"))
    assert parsed(frames.call_result(ID, b'{"a":1}')) == frames.CallResult(ID, Raw(b'{"a":1}'))
    built = frames.call_error(ID, "GenericError", "why", {"path": "$"})
    assert parsed(built) == frames.CallError(ID, "GenericError", "why", {"path": "$"})


def test_an_error_without_details_has_an_empty_object():
    assert json.loads(frames.call_error(ID, "GenericError", "")) == [4, ID, "GenericError", "", {}]


def test_a_description_is_cut_to_255_characters():
    assert len(json.loads(frames.call_error(ID, "GenericError", "é" * 300))[3]) == 255
