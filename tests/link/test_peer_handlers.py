"""The handler of received CALLs: order, answers, refusals and failures."""

import asyncio
import logging

import pytest
from tests.link.endpoints import STATION, connect, csms, station

from plugfest import clock
from plugfest.link.errors import CallErrorReceived, ConnectionLost
from plugfest.link.peer import HANDLER_GRACE, MOST_WAITING_CALLS, Answer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.v201.messages import (
    ClearCacheResponse,
    HeartbeatRequest,
    HeartbeatResponse,
    ResetRequest,
    ResetResponse,
)
from plugfest.ocpp.v201.types import ClearCacheStatusEnumType, ResetEnumType, ResetStatusEnumType
from plugfest.ocpp.versions import V201

RESET = ResetRequest(type=ResetEnumType.Immediate)
ACCEPTED = ResetResponse(status=ResetStatusEnumType.Accepted)


def test_calls_of_the_peer_are_handled_in_order():
    order: list[str] = []

    async def slow_first(request: object) -> ResetResponse | ClearCacheResponse:
        if isinstance(request, ResetRequest):
            await asyncio.sleep(5)
            order.append("reset")
            return ACCEPTED
        order.append("clear cache")
        return ClearCacheResponse(status=ClearCacheStatusEnumType.Accepted)

    async def main() -> None:
        async with csms() as world, station(world, on_call=slow_first):
            peer = await world.peer()
            # Past the session, which would not send the second before the first is answered.
            await peer.send_text('[2,"1","Reset",{"type":"Immediate"}]')
            await peer.send_text('[2,"2","ClearCache",{}]')
            await asyncio.sleep(10)

    clock.run_simulated(main())
    assert order == ["reset", "clear cache"]


def test_what_follows_an_answer_happens_after_it_was_written():
    seen: list[str] = []

    async def main() -> None:
        async def answer(_: object) -> Answer:
            return Answer(ACCEPTED, then=lambda: (seen.append("then"), peer.abort()))

        async with csms() as world, station(world, on_call=answer) as peer:
            await (await world.peer()).call(RESET)
            seen.append("answered")

    clock.run_simulated(main())
    assert seen == ["then", "answered"]


def test_a_failure_in_what_follows_an_answer_does_not_end_the_connection(caplog):
    async def main() -> bool:
        async def answer(_: object) -> Answer:
            return Answer(ACCEPTED, then=lambda: [].pop())

        async with csms() as world, station(world, on_call=answer):
            peer = await world.peer()
            await peer.call(RESET)
            await peer.call(RESET)
            return peer.closed

    assert clock.run_simulated(main()) is False
    assert "what should have followed the answer to Reset failed" in caplog.text


def test_a_refusal_becomes_a_call_error():
    async def refuse(_: object) -> ResetResponse:
        raise Refusal(ErrorCode.NotSupported, "no reset here", {"since": "2026"})

    async def main() -> CallErrorReceived:
        async with csms() as world, station(world, on_call=refuse):
            with pytest.raises(CallErrorReceived) as caught:
                await (await world.peer()).call(RESET)
            return caught.value

    error = clock.run_simulated(main())
    assert (error.code, error.description) == (ErrorCode.NotSupported, "no reset here")
    assert error.details == {"since": "2026"}
    assert str(error) == "NotSupported: no reset here"


@pytest.mark.parametrize("answer", [KeyError("oops"), HeartbeatRequest()], ids=["raises", "answers nonsense"])
def test_a_broken_handler_is_an_internal_error_and_the_connection_lives_on(answer, caplog):
    async def broken(_: object) -> ResetResponse:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def main() -> HeartbeatResponse:
        async with csms() as world, station(world, on_call=broken) as peer:
            with pytest.raises(CallErrorReceived, match="InternalError"):
                await (await world.peer()).call(RESET)
            return await peer.call(HeartbeatRequest())

    with caplog.at_level(logging.ERROR):
        clock.run_simulated(main())
    assert "Reset could not be answered" in caplog.text


def slow_handler(seconds: float, finished: list[str]):
    async def handler(_: object) -> ResetResponse:
        try:
            await asyncio.sleep(seconds)
            finished.append("done")
        except asyncio.CancelledError:
            finished.append("cancelled")
            raise
        return ACCEPTED

    return handler


@pytest.mark.parametrize(("seconds", "end"), [(HANDLER_GRACE - 1, "done"), (HANDLER_GRACE + 1, "cancelled")])
def test_a_handler_may_finish_after_the_connection_is_gone_if_it_hurries(seconds, end, caplog):
    finished: list[str] = []

    async def main() -> None:
        async with csms() as world, station(world, on_call=slow_handler(seconds, finished)):
            csms_peer = await world.peer()
            call = asyncio.create_task(csms_peer.call(RESET))
            await asyncio.sleep(0.1)
            csms_peer.abort()
            with pytest.raises(ConnectionLost):
                await call

    clock.run_simulated(main())
    assert finished == [end]
    assert caplog.text == ""


def test_a_peer_that_floods_us_is_refused():
    async def main() -> list[str]:
        gate = asyncio.Event()

        async def wait_at_the_gate(_: object) -> HeartbeatResponse:
            await gate.wait()
            return HeartbeatResponse(current_time=clock.utc_now())

        async with csms() as world:
            world.on_call = wait_at_the_gate
            websocket = await connect(world.url(), STATION, protocols=[V201])
            await world.peer()
            for number in range(MOST_WAITING_CALLS + 2):
                await websocket.send(f'[2,"{number}","Heartbeat",{{}}]')
            refusal = str(await websocket.recv())
            gate.set()
            answers = [str(await websocket.recv()) for _ in range(MOST_WAITING_CALLS + 1)]
            await websocket.close()
            return [refusal, *answers]

    refusal, *answers = clock.run_simulated(main())
    assert refusal == f'[4,"{MOST_WAITING_CALLS + 1}","InternalError","too many calls at once",{{}}]'
    assert [answer.split('"')[1] for answer in answers] == [str(number) for number in range(MOST_WAITING_CALLS + 1)]
