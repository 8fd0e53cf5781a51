"""Decoding a CALL to a validated, typed message: Plugfest and the PyPI package `ocpp`."""

from collections.abc import Callable
from typing import Any

import pytest
from benchmarks.messages import BOOT_NOTIFICATION, TRANSACTION_EVENT, call
from ocpp.v201 import call as ocpp_calls
from pytest_benchmark.fixture import BenchmarkFixture

from ocpp import messages as ocpp_messages
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE, RpcEndpoint
from plugfest.ocpp.versions import V201

MESSAGES = {"BootNotification": BOOT_NOTIFICATION, "TransactionEvent": TRANSACTION_EVENT}


def _plugfest(text: str) -> Callable[[], object]:
    from plugfest.ocpp import codec, frames

    def decode() -> object:
        frame = frames.parse(text, DEFAULT_MAX_MESSAGE_SIZE)
        return codec.decode(V201.requests[frame.action], frame.payload)

    return decode


def _ocpp(text: str) -> Callable[[], object]:
    def decode() -> object:
        frame = ocpp_messages.unpack(text)
        ocpp_messages._validate_payload(frame, "2.0.1")
        snake: dict[str, Any] = _snake_case(frame.payload)
        return getattr(ocpp_calls, frame.action)(**snake)

    return decode


def _snake_case(payload: dict[str, Any]) -> dict[str, Any]:
    from ocpp.charge_point import camel_to_snake_case

    result: dict[str, Any] = camel_to_snake_case(payload)
    return result


ITERATIONS = {"plugfest": 2000, "ocpp": 20}
"""Decodings in one timed round: enough to make timer resolution and interruptions negligible."""

DECODERS = {"plugfest": _plugfest, "ocpp": _ocpp}


@pytest.mark.parametrize("implementation", DECODERS)
@pytest.mark.parametrize("action", MESSAGES)
def test_decode(benchmark: BenchmarkFixture, action: str, implementation: str) -> None:
    benchmark.group = f"decode {action}"
    decode = DECODERS[implementation](call(action, MESSAGES[action]))
    assert decode() is not None
    benchmark.pedantic(decode, iterations=ITERATIONS[implementation], rounds=50, warmup_rounds=2)


def test_the_rpc_layer_accepts_the_same_messages() -> None:
    """The benchmark above does what the RPC layer does with a CALL."""
    endpoint = RpcEndpoint(V201)
    for action, payload in MESSAGES.items():
        (event,) = endpoint.receive(call(action, payload), now=0.0)
        assert type(event).__name__ == "CallReceived", event
        endpoint = RpcEndpoint(V201)
