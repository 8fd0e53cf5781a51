"""The RPC layer: one CALL at a time, answers in time, late, invalid or lost, and CALLs from the peer."""

import json
from datetime import UTC, datetime
from itertools import count

import pytest

from plugfest.ocpp.errors import ErrorCode, LocalError
from plugfest.ocpp.events import (
    CallLost,
    CallReceived,
    CallRefused,
    CallTimedOut,
    ErrorReceived,
    Event,
    FrameIgnored,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.rpc import PendingCall, RpcEndpoint
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201
from plugfest.ocpp.v201.types import ResetEnumType
from plugfest.ocpp.versions import V16, V201, Protocol

HEARTBEAT = v201.HeartbeatRequest()
ANSWER = '[3,"%s",{"currentTime":"2024-01-01T00:00:00Z"}]'
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def new_endpoint(protocol: Protocol = V201, **options) -> RpcEndpoint:
    numbers = count(1)
    return RpcEndpoint(protocol, new_message_id=lambda: str(next(numbers)), **options)


def sent(endpoint: RpcEndpoint) -> list:
    return [json.loads(text) for text in endpoint.to_send()]


def only(events: list[Event]) -> Event:
    (event,) = events
    return event


# Our calls


def test_a_call_is_sent_and_its_answer_comes_back_with_the_request():
    endpoint = new_endpoint()
    assert endpoint.call(HEARTBEAT, now=0.0) == "1"
    assert endpoint.to_send() == ['[2,"1","Heartbeat",{}]']
    assert endpoint.pending == PendingCall("1", HEARTBEAT, deadline=30.0)
    event = only(endpoint.receive(ANSWER % "1", now=1.0))
    assert event == ResultReceived("1", HEARTBEAT, v201.HeartbeatResponse(current_time=NOW), ANSWER % "1")
    assert endpoint.pending is None


def test_every_message_is_returned_once():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    assert endpoint.to_send() != []
    assert endpoint.to_send() == []


def test_message_ids_are_unique_and_fit_36_characters():
    endpoint = RpcEndpoint(V201)
    ids = {endpoint.call(HEARTBEAT, now=0.0) for _ in range(100)}
    assert len(ids) == 100
    assert {len(message_id) for message_id in ids} == {36}


def test_a_second_call_waits_until_the_first_is_answered():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.call(HEARTBEAT, now=1.0)
    assert [frame[1] for frame in sent(endpoint)] == ["1"]
    assert endpoint.queue_length == 1
    endpoint.receive(ANSWER % "1", now=2.0)
    assert [frame[1] for frame in sent(endpoint)] == ["2"]
    assert endpoint.queue_length == 0


def test_the_timeout_of_a_call_begins_when_it_is_sent():
    endpoint = new_endpoint(message_timeout=10.0)
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.call(HEARTBEAT, now=0.0, timeout=5.0)
    assert endpoint.next_deadline() == 10.0
    endpoint.receive(ANSWER % "1", now=8.0)
    assert endpoint.next_deadline() == 13.0


def test_nothing_pending_means_no_deadline():
    endpoint = new_endpoint()
    assert endpoint.next_deadline() is None
    assert endpoint.tick(now=1e9) == []


def test_a_call_that_is_not_answered_in_time_is_given_up_and_the_next_is_sent():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.call(HEARTBEAT, now=0.0)
    assert endpoint.tick(now=29.9) == []
    assert endpoint.tick(now=30.0) == [CallTimedOut("1", HEARTBEAT)]
    assert endpoint.pending == PendingCall("2", HEARTBEAT, deadline=60.0)


def test_a_late_answer_is_ignored_and_does_not_end_the_next_call():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.tick(now=30.0)
    event = only(endpoint.receive(ANSWER % "1", now=31.0))
    assert event == FrameIgnored("answer to a CALL that had timed out", ANSWER % "1")
    assert endpoint.pending is not None


@pytest.mark.parametrize("answer", [ANSWER % "9", '[4,"9","GenericError","",{}]', '[3,"9"]', "[3,9,{}]"])
def test_an_answer_without_a_call_is_ignored(answer):
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.to_send()
    assert isinstance(only(endpoint.receive(answer, now=1.0)), FrameIgnored)
    assert endpoint.pending is not None
    assert endpoint.to_send() == []


def test_a_second_answer_to_one_call_is_ignored():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.receive(ANSWER % "1", now=1.0)
    assert isinstance(only(endpoint.receive(ANSWER % "1", now=1.0)), FrameIgnored)


def test_a_call_error_ends_the_call():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    text = '[4,"1","NotImplemented","what?",{"a":1}]'
    event = only(endpoint.receive(text, now=1.0))
    assert event == ErrorReceived("1", HEARTBEAT, ErrorCode.NotImplemented_, "what?", {"a": 1}, text)
    assert endpoint.pending is None


def test_an_unknown_error_code_is_reported_as_received():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    event = only(endpoint.receive('[4,"1","Oops","",{}]', now=1.0))
    assert event.code == "Oops"
    assert not isinstance(event.code, ErrorCode)


def test_an_error_about_an_unreadable_message_does_not_end_the_call():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    event = only(endpoint.receive('[4,"-1","RpcFrameworkError","",{}]', now=1.0))
    assert "could not read the message id" in event.reason
    assert endpoint.pending is not None


@pytest.mark.parametrize(
    ("answer", "defect"),
    [
        ('[4,"1","GenericError"]', "3 elements instead of 5 at $"),
        ('[4,"1","GenericError","no"]', "4 elements instead of 5 at $"),
        ('[4,"1","GenericError",null,null]', "no two strings and an object at $"),
    ],
)
def test_a_tolerant_endpoint_understands_a_call_error_by_its_code(answer, defect):
    endpoint = new_endpoint(tolerant=True)
    endpoint.call(HEARTBEAT, now=0.0)
    event = only(endpoint.receive(answer, now=1.0))
    assert isinstance(event, ErrorReceived)
    assert (event.code, event.details, [str(each) for each in event.defects]) == (ErrorCode.GenericError, {}, [defect])


def test_a_tolerant_endpoint_understands_a_call_result_with_more_elements():
    endpoint = new_endpoint(tolerant=True)
    endpoint.call(HEARTBEAT, now=0.0)
    event = only(endpoint.receive('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"},{}]', now=1.0))
    assert isinstance(event, ResultReceived)
    assert [str(each) for each in event.defects] == ["4 elements instead of 3 at $"]


@pytest.mark.parametrize("answer", ['[4,"1"]', '[4,"1",5,"no",{}]', '[3,"1"]'])
def test_a_tolerant_endpoint_does_not_guess_what_an_answer_means(answer):
    endpoint = new_endpoint(tolerant=True)
    endpoint.call(HEARTBEAT, now=0.0)
    assert isinstance(only(endpoint.receive(answer, now=1.0)), ResultInvalid)


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
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.to_send()
    event = only(endpoint.receive(answer, now=1.0))
    assert isinstance(event, ResultInvalid)
    assert (event.message_id, event.request, event.error.code, event.text) == ("1", HEARTBEAT, code, answer)
    assert [frame[:3] for frame in sent(endpoint)] == [[2, "2", "Heartbeat"]]


def test_an_invalid_request_is_a_local_error_and_is_not_sent():
    endpoint = new_endpoint()
    with pytest.raises(LocalError, match="AuthorizeRequest is not valid"):
        new_endpoint(V16).call(v16.AuthorizeRequest(id_tag="x" * 21), now=0.0)
    assert endpoint.to_send() == []
    assert endpoint.queue_length == 0


def test_a_request_of_another_version_is_a_local_error():
    with pytest.raises(LocalError, match=r"HeartbeatRequest is not a request of OCPP 1\.6"):
        new_endpoint(V16).call(HEARTBEAT, now=0.0)


# The peer's calls


def test_a_call_of_the_peer_is_received_and_answered():
    endpoint = new_endpoint()
    text = '[2,"a","Reset",{"type":"Immediate"}]'
    event = only(endpoint.receive(text.encode(), now=0.0))
    assert event == CallReceived("a", "Reset", v201.ResetRequest(type=ResetEnumType.Immediate), text)
    endpoint.reply("a", v201.ResetResponse(status="Accepted"), now=1.0)
    assert endpoint.to_send() == ['[3,"a",{"status":"Accepted"}]']


def test_calls_of_both_sides_may_cross():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.receive('[2,"1","ClearCache",{}]', now=0.0)
    endpoint.reply("1", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    assert [frame[0] for frame in sent(endpoint)] == [2, 3]
    assert endpoint.pending is not None


def test_a_refusal_uses_the_error_code_names_of_the_version():
    endpoint = new_endpoint(V16)
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    endpoint.refuse("a", ErrorCode.OccurrenceConstraintViolation, "no", {"a": [1]}, now=0.0)
    assert sent(endpoint) == [[4, "a", "OccurenceConstraintViolation", "no", {"a": [1]}]]


def test_nothing_can_be_answered_twice():
    endpoint = new_endpoint()
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    endpoint.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    with pytest.raises(LocalError, match="no CALL with message id 'a' waits for an answer"):
        endpoint.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    with pytest.raises(LocalError, match="no CALL with message id 'a' waits for an answer"):
        endpoint.refuse("a", ErrorCode.GenericError, now=0.0)


@pytest.mark.parametrize("response", [v201.ClearCacheResponse(status="Maybe"), v201.ResetResponse(status="Accepted")])
def test_a_call_with_a_rejected_answer_can_still_be_refused(response):
    endpoint = new_endpoint()
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    with pytest.raises(LocalError):
        endpoint.reply("a", response, now=0.0)
    endpoint.refuse("a", ErrorCode.InternalError, now=0.0)
    assert sent(endpoint) == [[4, "a", "InternalError", "", {}]]


def test_a_refusal_with_details_that_are_not_json_is_a_local_error():
    endpoint = new_endpoint()
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    with pytest.raises(LocalError, match="CALLERROR is not valid"):
        endpoint.refuse("a", ErrorCode.InternalError, details={"a": object()}, now=0.0)
    assert endpoint.to_send() == []


def test_the_id_of_an_open_call_cannot_be_used_again():
    endpoint = new_endpoint()
    text = '[2,"a","ClearCache",{}]'
    endpoint.receive(text, now=0.0)
    event = only(endpoint.receive(text, now=0.0))
    assert (event.message_id, event.action, event.code) == ("a", "ClearCache", ErrorCode.RpcFrameworkError)
    endpoint.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)
    assert [frame[0] for frame in sent(endpoint)] == [4, 3]


def test_the_id_of_a_call_that_was_answered_may_come_again():
    endpoint = new_endpoint()
    for _ in range(2):
        assert isinstance(only(endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)), CallReceived)
        endpoint.reply("a", v201.ClearCacheResponse(status="Accepted"), now=0.0)


# Each failure: the message; the id and error code of the answer in 2.0.1, and in 1.6 (None: ignored)
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
    endpoint = new_endpoint(V201, max_message_size=5000, supported=SUPPORTED)
    event = only(endpoint.receive(text, now=0.0))
    assert isinstance(event, CallRefused)
    (frame,) = sent(endpoint)
    assert frame == [4, *answer, event.description, {}]
    assert event.description


@pytest.mark.parametrize(("text", "_", "answer"), FAILURES, ids=lambda value: str(value)[:40])
def test_each_failure_is_answered_or_ignored_as_1_6_says(text, _, answer):
    endpoint = new_endpoint(V16, max_message_size=5000, supported=SUPPORTED)
    event = only(endpoint.receive(text, now=0.0))
    assert isinstance(event, FrameIgnored if answer is None else CallRefused)
    assert [frame[1:3] for frame in sent(endpoint)] == ([] if answer is None else [list(answer)])


def test_a_duplicate_call_in_1_6_is_a_generic_error():
    endpoint = new_endpoint(V16)
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    assert sent(endpoint)[0][2] == "GenericError"


def test_a_refused_call_is_reported_as_received():
    text = '[2,"a","Teleport",{"to":"Mars"}]'
    event = only(new_endpoint().receive(text, now=0.0))
    assert event == CallRefused("a", "Teleport", ErrorCode.NotImplemented_, "OCPP 2.0.1 has no action Teleport", text)


def test_after_a_failure_the_endpoint_continues():
    endpoint = new_endpoint()
    for text, _, _ in FAILURES:
        endpoint.receive(text, now=0.0)
    assert isinstance(only(endpoint.receive('[2,"b","ClearCache",{}]', now=0.0)), CallReceived)


# The end of the connection


def test_when_the_connection_is_lost_all_unanswered_calls_are_lost():
    endpoint = new_endpoint()
    endpoint.call(HEARTBEAT, now=0.0)
    endpoint.call(HEARTBEAT, now=0.0)
    assert endpoint.connection_lost(now=1.0) == [CallLost("1", HEARTBEAT), CallLost("2", HEARTBEAT)]
    assert endpoint.pending is None
    assert endpoint.queue_length == 0
    assert endpoint.next_deadline() is None
    assert endpoint.to_send() == []


def test_after_the_connection_is_lost_nothing_is_received_or_sent():
    endpoint = new_endpoint()
    endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
    endpoint.connection_lost(now=1.0)
    endpoint.reply("a", v201.ClearCacheResponse(status="Accepted"), now=2.0)
    endpoint.refuse("a", ErrorCode.GenericError, now=2.0)
    assert endpoint.receive('[2,"b","ClearCache",{}]', now=2.0) == []
    assert endpoint.to_send() == []
    with pytest.raises(LocalError, match="the connection is lost"):
        endpoint.call(HEARTBEAT, now=2.0)
