"""CALLs of the peer that stay unanswered, or are refused with another code than their own."""

import json

import pytest

from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import CallReceived, CallRefused, FrameIgnored
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.versions import V201


def test_the_id_of_a_call_that_is_never_answered_may_come_again() -> None:
    endpoint = RpcEndpoint(V201)
    for _ in range(2):
        (event,) = endpoint.receive('[2,"a","ClearCache",{}]', now=0.0)
        assert isinstance(event, CallReceived)
        endpoint.leave_unanswered("a")
    assert endpoint.to_send() == []


@pytest.mark.parametrize(
    ("code", "kind", "answers"),
    [(ErrorCode.SecurityError, CallRefused, ["SecurityError"] * 2), (None, FrameIgnored, [])],
)
def test_a_call_that_cannot_be_used_is_refused_with_another_code_or_ignored(
    code: ErrorCode | None, kind: type[CallRefused | FrameIgnored], answers: list[str]
) -> None:
    asked: list[ErrorCode] = []

    def refusal_code(own: ErrorCode) -> ErrorCode | None:
        asked.append(own)
        return code

    endpoint = RpcEndpoint(V201, refusal_code=refusal_code)
    for text in ('[2,"a","NoAction",{}]', '[2,"b","Reset",{}]'):
        (event,) = endpoint.receive(text, now=0.0)
        assert isinstance(event, kind)
    assert asked == [ErrorCode.NotImplemented_, ErrorCode.OccurrenceConstraintViolation]
    assert [json.loads(text)[2] for text in endpoint.to_send()] == answers


def test_a_message_without_a_readable_id_keeps_its_code() -> None:
    endpoint = RpcEndpoint(V201, refusal_code=lambda _: None)
    endpoint.receive("hello", now=0.0)
    assert [json.loads(text)[1:3] for text in endpoint.to_send()] == [["-1", "RpcFrameworkError"]]
