"""Whatever the peer sends, the RPC layer does not raise, and all that it sends is valid."""

import json
from itertools import count

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.ocpp.payloads import Payloads

from plugfest.lab.rules.schema_files import load_schemas
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import (
    CallReceived,
    CallRefused,
    CallTimedOut,
    ErrorReceived,
    Event,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201 import messages as v201
from plugfest.ocpp.versions import V16, V201

BOTH = pytest.mark.parametrize("protocol", [V16, V201], ids=lambda protocol: protocol.name)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
ACTIONS = st.sampled_from(sorted({*V16.requests, *V201.requests, "Teleport", "heartbeat"}))
IDS = st.sampled_from(["1", "2", "a", "-1", ""]) | st.text(max_size=40)
FRAMES = st.one_of(
    st.tuples(st.just(2), IDS, ACTIONS | JSON, JSON),
    st.tuples(st.just(3), IDS, JSON),
    st.tuples(st.just(4), IDS, st.sampled_from(list(ErrorCode)) | JSON, JSON, JSON),
    st.lists(JSON, max_size=6),
    JSON,
).map(json.dumps)
CUT_FRAMES = st.builds(lambda text, end: text[: -end or None], FRAMES, st.integers(0, 8))
TEXTS = st.one_of(FRAMES, CUT_FRAMES, st.text(), st.text(alphabet='[]{}",:234a\\ud'), st.binary())


def check_frame(text: str, protocol) -> None:
    frame = json.loads(text)
    assert len(frame[1]) <= 36
    match frame:
        case [2, str(), str(action), dict()]:
            assert action in protocol.requests
        case [3, str(), dict()]:
            pass
        case [4, str(), str(code), str(description), dict()]:
            assert code in {protocol.errors.to_wire(known) for known in ErrorCode}
            assert len(description) <= 255
        case _:
            pytest.fail(f"neither CALL nor CALLRESULT nor CALLERROR: {text}")


@BOTH
@settings(max_examples=300)
@given(texts=st.lists(TEXTS, max_size=5))
def test_no_message_raises_and_each_is_one_event(protocol, texts):
    endpoint = RpcEndpoint(protocol)
    for text in texts:
        assert len(endpoint.receive(text, now=0.0)) == 1
        for answer in endpoint.to_send():
            check_frame(answer, protocol)


@BOTH
@settings(max_examples=200)
@given(text=TEXTS)
def test_answers_are_never_answered(protocol, text):
    endpoint = RpcEndpoint(protocol)
    (event,) = endpoint.receive(text, now=0.0)
    assert bool(endpoint.to_send()) is isinstance(event, CallRefused)


@pytest.mark.parametrize(("version", "protocol"), [("v16", V16), ("v201", V201)], ids=["1.6", "2.0.1"])
def test_every_request_and_response_passes_from_endpoint_to_endpoint(version, protocol):
    schemas = load_schemas(version)
    for action, request_type in protocol.requests.items():
        caller, answerer = RpcEndpoint(protocol), RpcEndpoint(protocol)
        payload = Payloads(schemas[request_type.__name__]).maximal()
        (event,) = answerer.receive(json.dumps([2, "x", action, payload]), now=0.0)
        caller.call(event.request, now=0.0)
        (call,) = caller.to_send()
        jsonschema_rs.validate(schemas[request_type.__name__], json.loads(call)[3])
        (received,) = answerer.receive(call, now=0.0)
        assert received.request == event.request
        answer = json.dumps([3, received.message_id, Payloads(schemas[f"{action}Response"]).maximal()])
        (result,) = caller.receive(answer, now=1.0)
        answerer.reply(received.message_id, result.response, now=1.0)
        jsonschema_rs.validate(schemas[f"{action}Response"], json.loads(answerer.to_send()[0])[2])


class OneSideOfAConnection(RuleBasedStateMachine):
    """This end calls; the peer calls, answers, is silent or sends nonsense, in any order."""

    def __init__(self) -> None:
        super().__init__()
        numbers = count(1)
        self.endpoint = RpcEndpoint(V201, new_message_id=lambda: str(next(numbers)))
        self.now = 0.0
        self.called: list[str] = []
        self.over: list[str] = []
        self.unanswered: list[str] = []
        self.on_the_wire: list[str] = []

    def take(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case CallReceived():
                    self.unanswered.append(event.message_id)
                case ResultReceived() | ErrorReceived() | ResultInvalid() | CallTimedOut():
                    self.over.append(event.message_id)

    @rule()
    def we_call(self) -> None:
        self.called.append(self.endpoint.call(v201.HeartbeatRequest(), self.now))

    @rule(message_id=st.sampled_from(["a", "b", "c"]))
    def the_peer_calls(self, message_id: str) -> None:
        self.take(self.endpoint.receive(json.dumps([2, message_id, "ClearCache", {}]), self.now))

    @rule(number=st.integers(1, 20), payload=st.sampled_from([{}, {"currentTime": "2024-01-01T00:00:00Z"}]))
    def the_peer_answers(self, number: int, payload: dict) -> None:
        self.take(self.endpoint.receive(json.dumps([3, str(number), payload]), self.now))

    @rule(number=st.integers(1, 20))
    def the_peer_refuses(self, number: int) -> None:
        self.take(self.endpoint.receive(json.dumps([4, str(number), "GenericError", "", {}]), self.now))

    @rule(text=TEXTS)
    def the_peer_sends_nonsense(self, text: str | bytes) -> None:
        self.take(self.endpoint.receive(text, self.now))

    @rule()
    def we_answer(self) -> None:
        if self.unanswered:
            self.endpoint.refuse(self.unanswered.pop(0), ErrorCode.NotSupported, now=self.now)

    @rule(seconds=st.floats(0, 40))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.take(self.endpoint.tick(self.now))

    def send(self) -> None:
        for text in self.endpoint.to_send():
            check_frame(text, V201)
            self.on_the_wire += [json.loads(text)[1]] if text.startswith("[2") else []

    @invariant()
    def calls_are_sent_in_order_and_one_at_a_time(self) -> None:
        self.send()
        pending = [self.endpoint.pending.message_id] if self.endpoint.pending else []
        assert self.over + pending == self.on_the_wire
        assert self.on_the_wire == self.called[: len(self.on_the_wire)]
        assert self.endpoint.queue_length == len(self.called) - len(self.on_the_wire)

    @invariant()
    def a_pending_call_has_time_left(self) -> None:
        assert self.endpoint.pending is None or self.endpoint.pending.deadline > self.now


TestOneSideOfAConnection = OneSideOfAConnection.TestCase
TestOneSideOfAConnection.settings = settings(max_examples=100)
