"""The session: calls one by one, answers in time, late, wrong or lost, and an answer to whatever the peer sends."""

import json
from datetime import UTC, datetime
from itertools import count

import pytest

from plugfest.ocpp import rpc as ocpp
from plugfest.ocpp.errors import ErrorCode, OursError
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201
from plugfest.ocpp.v201.types import ResetEnumType
from plugfest.ocpp.versions import V16, V201, Protocol

HEARTBEAT = v201.HeartbeatRequest()
ANSWER = '[3,"%s",{"currentTime":"2024-01-01T00:00:00Z"}]'
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def new_session(protocol: Protocol = V201, **options) -> ocpp.RpcEndpoint:
    numbers = count(1)
    return ocpp.RpcEndpoint(protocol, new_message_id=lambda: str(next(numbers)), **options)


def sent(rpc: ocpp.RpcEndpoint) -> list:
    return [json.loads(text) for text in rpc.to_send()]


def only(events: list[ocpp.Event]) -> ocpp.Event:
    (event,) = events
    return event


# Our calls


def test_a_call_is_sent_and_its_answer_comes_back_with_the_request():
    rpc = new_session()
    assert rpc.call(HEARTBEAT, now=0.0) == "1"
    assert rpc.to_send() == ['[2,"1","Heartbeat",{}]']
    assert rpc.pending == ocpp.PendingCall("1", HEARTBEAT, deadline=30.0)
    event = only(rpc.receive(ANSWER % "1", now=1.0))
    assert event == ocpp.ResultReceived("1", HEARTBEAT, v201.HeartbeatResponse(current_time=NOW), ANSWER % "1")
    assert rpc.pending is None


def test_every_text_is_handed_over_once():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    assert rpc.to_send() != []
    assert rpc.to_send() == []


def test_message_ids_are_unique_and_fit_36_characters():
    rpc = ocpp.RpcEndpoint(V201)
    ids = {rpc.call(HEARTBEAT, now=0.0) for _ in range(100)}
    assert len(ids) == 100
    assert {len(message_id) for message_id in ids} == {36}


def test_a_second_call_waits_until_the_first_is_answered():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.call(HEARTBEAT, now=1.0)
    assert [frame[1] for frame in sent(rpc)] == ["1"]
    assert rpc.queue_length == 1
    rpc.receive(ANSWER % "1", now=2.0)
    assert [frame[1] for frame in sent(rpc)] == ["2"]
    assert rpc.queue_length == 0


def test_the_time_of_a_call_begins_when_it_is_sent():
    rpc = new_session(message_timeout=10.0)
    rpc.call(HEARTBEAT, now=0.0)
    rpc.call(HEARTBEAT, now=0.0, timeout=5.0)
    assert rpc.next_deadline() == 10.0
    rpc.receive(ANSWER % "1", now=8.0)
    assert rpc.next_deadline() == 13.0


def test_nothing_pending_means_no_deadline():
    rpc = new_session()
    assert rpc.next_deadline() is None
    assert rpc.tick(now=1e9) == []


def test_a_call_that_is_not_answered_in_time_is_given_up_and_the_next_is_sent():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.call(HEARTBEAT, now=0.0)
    assert rpc.tick(now=29.9) == []
    assert rpc.tick(now=30.0) == [ocpp.CallTimedOut("1", HEARTBEAT)]
    assert rpc.pending == ocpp.PendingCall("2", HEARTBEAT, deadline=60.0)


def test_a_late_answer_is_ignored_and_does_not_end_the_next_call():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.call(HEARTBEAT, now=0.0)
    rpc.tick(now=30.0)
    event = only(rpc.receive(ANSWER % "1", now=31.0))
    assert event == ocpp.FrameIgnored("answer to a call that had timed out", ANSWER % "1")
    assert rpc.pending is not None


@pytest.mark.parametrize("answer", [ANSWER % "9", '[4,"9","GenericError","",{}]', '[3,"9"]', "[3,9,{}]"])
def test_an_answer_to_nothing_is_ignored(answer):
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.to_send()
    assert isinstance(only(rpc.receive(answer, now=1.0)), ocpp.FrameIgnored)
    assert rpc.pending is not None
    assert rpc.to_send() == []


def test_a_second_answer_to_one_call_is_ignored():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.receive(ANSWER % "1", now=1.0)
    assert isinstance(only(rpc.receive(ANSWER % "1", now=1.0)), ocpp.FrameIgnored)


def test_a_call_error_ends_the_call():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    text = '[4,"1","NotImplemented","what?",{"a":1}]'
    event = only(rpc.receive(text, now=1.0))
    assert event == ocpp.ErrorReceived("1", HEARTBEAT, ErrorCode.NotImplemented_, "what?", {"a": 1}, text)
    assert rpc.pending is None


def test_an_error_code_that_does_not_exist_is_reported_as_it_came():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    event = only(rpc.receive('[4,"1","Oops","",{}]', now=1.0))
    assert event.code == "Oops"
    assert not isinstance(event.code, ErrorCode)


def test_an_error_about_an_unreadable_message_does_not_end_the_call():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    event = only(rpc.receive('[4,"-1","RpcFrameworkError","",{}]', now=1.0))
    assert "could not read the message id" in event.reason
    assert rpc.pending is not None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ('[3,"1",{}]', ErrorCode.OccurrenceConstraintViolation),
        ('[3,"1",{"currentTime":1}]', ErrorCode.TypeConstraintViolation),
        ('[3,"1",{"currentTime":"x"}]', ErrorCode.PropertyConstraintViolation),
        ('[3,"1",[]]', ErrorCode.FormatViolation),
        ('[3,"1"]', ErrorCode.FormatViolation),
        ('[3,"1",{', ErrorCode.FormatViolation),
        ('[4,"1","GenericError"]', ErrorCode.FormatViolation),
    ],
)
def test_a_wrong_answer_ends_the_call_and_is_not_answered(answer, code):
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.call(HEARTBEAT, now=0.0)
    rpc.to_send()
    event = only(rpc.receive(answer, now=1.0))
    assert isinstance(event, ocpp.ResultInvalid)
    assert (event.message_id, event.request, event.error.code, event.text) == ("1", HEARTBEAT, code, answer)
    assert [frame[:3] for frame in sent(rpc)] == [[2, "2", "Heartbeat"]]


def test_an_invalid_request_is_our_error_and_is_not_sent():
    rpc = new_session()
    with pytest.raises(OursError, match="AuthorizeRequest is not valid"):
        new_session(V16).call(v16.AuthorizeRequest(id_tag="x" * 21), now=0.0)
    assert rpc.to_send() == []
    assert rpc.queue_length == 0


def test_a_request_of_another_version_is_our_error():
    with pytest.raises(OursError, match=r"HeartbeatRequest is not a request of OCPP 1\.6"):
        new_session(V16).call(HEARTBEAT, now=0.0)


# The peer's calls


def test_a_call_of_the_peer_is_handed_over_and_answered():
    rpc = new_session()
    text = '[2,"a","Reset",{"type":"Immediate"}]'
    event = only(rpc.receive(text.encode(), now=0.0))
    assert event == ocpp.CallReceived("a", "Reset", v201.ResetRequest(type=ResetEnumType.Immediate), text)
    rpc.reply("a", v201.ResetResponse(status="Accepted"), now=1.0)
    assert rpc.to_send() == ['[3,"a",{"status":"Accepted"}]']


def test_calls_of_both_sides_may_cross():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.receive('[2,"1","ClearCache",{}]', now=0.0)
    rpc.reply("1", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    assert [frame[0] for frame in sent(rpc)] == [2, 3]
    assert rpc.pending is not None


def test_a_refusal_is_spelled_as_the_version_spells_it():
    rpc = new_session(V16)
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    rpc.refuse("a", ErrorCode.OccurrenceConstraintViolation, "no", {"a": [1]}, now=0.0)
    assert sent(rpc) == [[4, "a", "OccurenceConstraintViolation", "no", {"a": [1]}]]


def test_nothing_can_be_answered_twice():
    rpc = new_session()
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    rpc.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    with pytest.raises(OursError, match="no CALL 'a' waits for an answer"):
        rpc.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    with pytest.raises(OursError, match="no CALL 'a' waits for an answer"):
        rpc.refuse("a", ErrorCode.GenericError, now=0.0)


@pytest.mark.parametrize("response", [v201.ClearCacheResponse(status="Maybe"), v201.ResetResponse(status="Accepted")])
def test_a_call_that_we_answered_wrongly_can_still_be_refused(response):
    rpc = new_session()
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    with pytest.raises(OursError):
        rpc.reply("a", response, now=0.0)
    rpc.refuse("a", ErrorCode.InternalError, now=0.0)
    assert sent(rpc) == [[4, "a", "InternalError", "", {}]]


def test_a_refusal_with_details_that_are_no_json_is_our_error():
    rpc = new_session()
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    with pytest.raises(OursError, match="CALLERROR is not valid"):
        rpc.refuse("a", ErrorCode.InternalError, details={"a": object()}, now=0.0)
    assert rpc.to_send() == []


def test_the_id_of_a_call_in_our_hands_cannot_be_used_again():
    rpc = new_session()
    text = '[2,"a","ClearCache",{}]'
    rpc.receive(text, now=0.0)
    event = only(rpc.receive(text, now=0.0))
    assert (event.message_id, event.action, event.code) == ("a", "ClearCache", ErrorCode.RpcFrameworkError)
    rpc.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    assert [frame[0] for frame in sent(rpc)] == [4, 3]


def test_the_id_of_a_call_that_was_answered_may_come_again():
    rpc = new_session()
    for _ in range(2):
        assert isinstance(only(rpc.receive('[2,"a","ClearCache",{}]', now=0.0)), ocpp.CallReceived)
        rpc.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)


# What the peer gets for each failure: the text; the id and code in 2.0.1; in 1.6 (None: it is ignored)
FAILURES = [
    ("hello", ("-1", "RpcFrameworkError"), None),
    ("{}", ("-1", "RpcFrameworkError"), None),
    ("[]", ("-1", "RpcFrameworkError"), None),
    (b"\xff", ("-1", "RpcFrameworkError"), None),
    ('["CALL","a","Heartbeat",{}]', ("-1", "RpcFrameworkError"), None),
    ('[2,1,"Heartbeat",{}]', ("-1", "RpcFrameworkError"), None),
    (f'[2,"{"a" * 37}","Heartbeat",{{}}]', ("-1", "RpcFrameworkError"), None),
    ('[9,"a",{}]', ("a", "MessageTypeNotSupported"), None),
    ("[9]", ("-1", "MessageTypeNotSupported"), None),
    ('[2,"a","Heartbeat"]', ("a", "RpcFrameworkError"), ("a", "FormationViolation")),
    ('[2,"a",1,{}]', ("a", "RpcFrameworkError"), ("a", "FormationViolation")),
    ('[2,"a","Heartbeat",{}', ("a", "FormatViolation"), ("a", "FormationViolation")),
    ('[2,"a","Heartbeat",[]]', ("a", "FormatViolation"), ("a", "FormationViolation")),
    ('[2,"a","Heartbeat",{"x":1}]', ("a", "FormatViolation"), ("a", "FormationViolation")),
    ('[2,"a","Teleport",{}]', ("a", "NotImplemented"), ("a", "NotImplemented")),
    ('[2,"a","heartbeat",{}]', ("a", "NotImplemented"), ("a", "NotImplemented")),
    ('[2,"a","UnlockConnector",{"connectorId":1}]', ("a", "NotSupported"), ("a", "NotSupported")),
    (
        '[2,"a","DataTransfer",{}]',
        ("a", "OccurrenceConstraintViolation"),
        ("a", "OccurenceConstraintViolation"),
    ),
    ('[2,"a","DataTransfer",{"vendorId":1}]', ("a", "TypeConstraintViolation"), ("a", "TypeConstraintViolation")),
    (
        f'[2,"a","DataTransfer",{{"vendorId":"{"x" * 256}"}}]',
        ("a", "PropertyConstraintViolation"),
        ("a", "PropertyConstraintViolation"),
    ),
    (
        f'[2,"a","DataTransfer",{{"vendorId":"x","data":"{"x" * 5000}"}}]',
        ("a", "FormatViolation"),
        ("a", "FormationViolation"),
    ),
]
SUPPORTED = {"Heartbeat", "DataTransfer"}


@pytest.mark.parametrize(("text", "answer", "_"), FAILURES, ids=lambda value: str(value)[:40])
def test_each_failure_is_answered_as_2_0_1_says(text, answer, _):
    rpc = new_session(V201, max_message_size=5000, supported=SUPPORTED)
    event = only(rpc.receive(text, now=0.0))
    assert isinstance(event, ocpp.CallRefused)
    (frame,) = sent(rpc)
    assert frame == [4, *answer, event.description, {}]
    assert event.description


@pytest.mark.parametrize(("text", "_", "answer"), FAILURES, ids=lambda value: str(value)[:40])
def test_each_failure_is_answered_or_ignored_as_1_6_says(text, _, answer):
    rpc = new_session(V16, max_message_size=5000, supported=SUPPORTED)
    event = only(rpc.receive(text, now=0.0))
    assert isinstance(event, ocpp.FrameIgnored if answer is None else ocpp.CallRefused)
    assert [frame[1:3] for frame in sent(rpc)] == ([] if answer is None else [list(answer)])


def test_a_duplicate_call_in_1_6_is_a_generic_error():
    rpc = new_session(V16)
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    assert sent(rpc)[0][2] == "GenericError"


def test_a_refused_call_is_kept_as_it_came():
    text = '[2,"a","Teleport",{"to":"Mars"}]'
    event = only(new_session().receive(text, now=0.0))
    assert event == ocpp.CallRefused(
        "a", "Teleport", ErrorCode.NotImplemented_, "OCPP 2.0.1 has no action Teleport", text
    )


def test_after_a_failure_the_session_goes_on():
    rpc = new_session()
    for text, _, _ in FAILURES:
        rpc.receive(text, now=0.0)
    assert isinstance(only(rpc.receive('[2,"b","ClearCache",{}]', now=0.0)), ocpp.CallReceived)


# The end of the connection


def test_when_the_connection_goes_all_calls_that_were_not_answered_are_lost():
    rpc = new_session()
    rpc.call(HEARTBEAT, now=0.0)
    rpc.call(HEARTBEAT, now=0.0)
    assert rpc.connection_lost(now=1.0) == [ocpp.CallLost("1", HEARTBEAT), ocpp.CallLost("2", HEARTBEAT)]
    assert rpc.pending is None
    assert rpc.queue_length == 0
    assert rpc.next_deadline() is None
    assert rpc.to_send() == []


def test_after_the_connection_went_nothing_comes_in_and_nothing_goes_out():
    rpc = new_session()
    rpc.receive('[2,"a","ClearCache",{}]', now=0.0)
    rpc.connection_lost(now=1.0)
    rpc.reply("a", v201.ClearCacheResponse(status="Accepted"), now=2.0)
    rpc.refuse("a", ErrorCode.GenericError, now=2.0)
    assert rpc.receive('[2,"b","ClearCache",{}]', now=2.0) == []
    assert rpc.to_send() == []
    with pytest.raises(OursError, match="the connection is gone"):
        rpc.call(HEARTBEAT, now=2.0)
