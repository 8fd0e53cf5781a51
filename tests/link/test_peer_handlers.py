"""The handler of received CALLs: order, answers, refusals and failures."""

import asyncio
import logging
from collections.abc import Awaitable

import pytest
from tests.link.endpoints import STATION, connect, connected_station, running_csms

from plugfest import clock
from plugfest.link.errors import CallErrorReceived, ConnectionLost
from plugfest.link.peer import HANDLER_GRACE, MAX_QUEUED_CALLS, Answer, Direction, NoAnswer, Peer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.rpc import RpcEndpoint
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

    async def slow() -> ResetResponse:
        await asyncio.sleep(5)
        order.append("reset")
        return ACCEPTED

    def slow_first(request: object) -> ClearCacheResponse | Awaitable[ResetResponse]:
        if isinstance(request, ResetRequest):
            return slow()
        order.append("clear cache")
        return ClearCacheResponse(status=ClearCacheStatusEnumType.Accepted)

    async def main() -> None:
        async with running_csms() as csms, connected_station(csms, on_call=slow_first):
            peer = await csms.peer()
            # Without the RPC layer, which would not send the second CALL before the first is answered.
            await peer.send_text('[2,"1","Reset",{"type":"Immediate"}]')
            await peer.send_text('[2,"2","ClearCache",{}]')
            await asyncio.sleep(10)

    clock.run_simulated(main())
    assert order == ["reset", "clear cache"]


def test_a_call_is_handled_when_the_caller_knows_the_answer_before_it():
    order: list[str] = []

    def accept(_: object) -> ResetResponse:
        order.append("reset")
        return ACCEPTED

    async def main() -> None:
        async with running_csms() as csms, connected_station(csms, on_call=accept) as peer:
            await csms.peer()
            heartbeat = HeartbeatResponse(current_time=clock.utc_now())
            call = '[2,"1","Reset",{"type":"Immediate"}]'
            csms.on_call = lambda _: Answer(heartbeat, then=lambda: csms.connections[0].websocket.write(call))
            await peer.call(HeartbeatRequest())
            order.append("heartbeat")
            await asyncio.sleep(1)

    clock.run_simulated(main())
    assert order == ["heartbeat", "reset"]


def test_the_callback_of_an_answer_runs_after_it_was_written():
    seen: list[str] = []

    async def main() -> None:
        async def answer(_: object) -> Answer:
            return Answer(ACCEPTED, then=lambda: (seen.append("then"), peer.abort()))

        async with running_csms() as csms, connected_station(csms, on_call=answer) as peer:
            await (await csms.peer()).call(RESET)
            seen.append("answered")

    clock.run_simulated(main())
    assert seen == ["then", "answered"]


def test_a_failing_callback_of_an_answer_does_not_end_the_connection(caplog):
    async def main() -> bool:
        async def answer(_: object) -> Answer:
            return Answer(ACCEPTED, then=lambda: [].pop())

        async with running_csms() as csms, connected_station(csms, on_call=answer):
            peer = await csms.peer()
            await peer.call(RESET)
            await peer.call(RESET)
            return peer.closed

    assert clock.run_simulated(main()) is False
    assert "callback after the answer to Reset failed" in caplog.text


def test_a_refusal_becomes_a_call_error():
    async def refuse(_: object) -> ResetResponse:
        raise Refusal(ErrorCode.NotSupported, "no reset here", {"since": "2026"})

    async def main() -> CallErrorReceived:
        async with running_csms() as csms, connected_station(csms, on_call=refuse):
            with pytest.raises(CallErrorReceived) as caught:
                await (await csms.peer()).call(RESET)
            return caught.value

    error = clock.run_simulated(main())
    assert (error.code, error.description) == (ErrorCode.NotSupported, "no reset here")
    assert error.details == {"since": "2026"}
    assert str(error) == "the answer to Reset is CALLERROR NotSupported: no reset here"


@pytest.mark.parametrize("answer", [KeyError("oops"), HeartbeatRequest()], ids=["raises", "answers nonsense"])
def test_a_failing_handler_is_an_internal_error_and_the_connection_stays_open(answer, caplog):
    async def broken(_: object) -> ResetResponse:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def main() -> HeartbeatResponse:
        async with running_csms() as csms, connected_station(csms, on_call=broken) as peer:
            with pytest.raises(CallErrorReceived, match="InternalError"):
                await (await csms.peer()).call(RESET)
            return await peer.call(HeartbeatRequest())

    with caplog.at_level(logging.ERROR):
        clock.run_simulated(main())
    assert "handler of Reset failed" in caplog.text


def test_a_handler_that_ends_with_its_station_drops_the_connection_without_an_error(caplog):
    def stop(_: object) -> ResetResponse:
        raise asyncio.CancelledError("the store fails")

    async def main() -> None:
        async with running_csms() as csms, connected_station(csms, on_call=stop) as peer:
            with pytest.raises(ConnectionLost):
                await (await csms.peer()).call(RESET)
            assert peer.closed

    clock.run_simulated(main())
    assert caplog.text == ""


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
def test_a_handler_may_finish_within_the_grace_period_after_the_connection_is_lost(seconds, end, caplog):
    finished: list[str] = []

    async def main() -> None:
        async with running_csms() as csms, connected_station(csms, on_call=slow_handler(seconds, finished)):
            csms_peer = await csms.peer()
            call = asyncio.create_task(csms_peer.call(RESET))
            await asyncio.sleep(0.1)
            csms_peer.abort()
            with pytest.raises(ConnectionLost):
                await call

    clock.run_simulated(main())
    assert finished == [end]
    assert caplog.text == ""


def test_calls_of_a_peer_that_sends_too_many_are_refused():
    async def main() -> list[str]:
        handling, gate = asyncio.Event(), asyncio.Event()

        async def wait_for_gate(_: object) -> HeartbeatResponse:
            handling.set()
            await gate.wait()
            return HeartbeatResponse(current_time=clock.utc_now())

        async with running_csms() as csms:
            csms.on_call = wait_for_gate
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            await csms.peer()
            for number in range(MAX_QUEUED_CALLS + 2):
                await websocket.send(f'[2,"{number}","Heartbeat",{{}}]')
                await handling.wait()  # the first CALL no longer waits when the others arrive
            refusal = str(await websocket.recv())
            gate.set()
            answers = [str(await websocket.recv()) for _ in range(MAX_QUEUED_CALLS + 1)]
            await websocket.close()
            return [refusal, *answers]

    refusal, *answers = clock.run_simulated(main())
    assert refusal == f'[4,"{MAX_QUEUED_CALLS + 1}","InternalError","too many calls at once",{{}}]'
    assert [answer.split('"')[1] for answer in answers] == [str(number) for number in range(MAX_QUEUED_CALLS + 1)]


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (ACCEPTED, '[3,"1",{"status":"Accepted"}]'),
        (Refusal(ErrorCode.NotSupported, "no"), '[4,"1","NotSupported","no",{}]'),
        (KeyError(), '[4,"1","InternalError","",{}]'),
    ],
)
def test_an_answer_that_takes_no_time_is_written_before_a_task_learns_of_the_call(outcome: object, answer: str) -> None:
    seen: list[str] = []

    async def main() -> None:
        arrived = asyncio.Event()

        def respond(_: object) -> ResetResponse:
            if isinstance(outcome, Exception):
                raise outcome
            return ACCEPTED

        async def learns() -> None:
            await arrived.wait()
            seen.append("learned")

        task = asyncio.create_task(learns())
        async with running_csms() as csms:
            csms.peer_options = {
                "respond": respond,
                "on_event": lambda _: arrived.set(),
                "on_frame": lambda _, text, __: seen.append(text),
            }
            async with connected_station(csms) as station:
                await station.send_text('[2,"1","Reset",{"type":"Immediate"}]')
                await task

    clock.run_simulated(main())
    assert seen == ['[2,"1","Reset",{"type":"Immediate"}]', answer, "learned"]


def test_a_call_that_waited_is_handled_when_the_caller_knows_an_answer_that_has_arrived_meanwhile() -> None:
    order: list[str] = []

    async def main() -> None:
        ready, never = asyncio.Event(), asyncio.Event()

        async def slow() -> ResetResponse:
            await ready.wait()
            return ACCEPTED

        def slow_first(_: object) -> ResetResponse | Awaitable[ResetResponse]:
            order.append("reset")
            return slow() if len(order) == 1 else ACCEPTED

        async def call_heartbeat(peer: Peer) -> None:
            await peer.call(HeartbeatRequest())
            order.append("heartbeat")

        async with running_csms() as csms:
            csms.on_call = lambda _: never.wait()
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            peer = Peer(websocket, RpcEndpoint(V201, new_message_id=lambda: "h"), on_call=slow_first)
            serving = asyncio.create_task(peer.run())
            calling = asyncio.create_task(call_heartbeat(peer))
            await asyncio.sleep(1)
            peer.deliver('[2,"1","Reset",{"type":"Immediate"}]')
            await asyncio.sleep(1)
            ready.set()
            peer.deliver('[3,"h",{"currentTime":"2026-01-01T00:00:00Z"}]')
            peer.deliver('[2,"2","Reset",{"type":"Immediate"}]')
            await calling
            await asyncio.sleep(1)
            peer.abort()
            await serving

    clock.run_simulated(main())
    assert order == ["reset", "heartbeat", "reset"]


def test_calls_that_have_arrived_before_are_handled_after_what_has_begun_before() -> None:
    order: list[str] = []

    def accept(_: object) -> ResetResponse:
        order.append("reset")
        return ACCEPTED

    async def begin() -> None:
        order.append("begun")

    async def main() -> None:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            await (await csms.peer()).send_text('[2,"1","Reset",{"type":"Immediate"}]')
            await asyncio.sleep(1)
            peer = Peer(websocket, RpcEndpoint(V201), on_call=accept)
            begun = asyncio.create_task(begin())
            asyncio.get_running_loop().call_later(1, peer.abort)
            await peer.run()
            await begun

    clock.run_simulated(main())
    assert order == ["begun", "reset"]


def test_a_call_is_not_handled_when_the_connection_is_closing() -> None:
    handled: list[object] = []
    sent: list[str] = []

    async def main() -> None:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            peer = Peer(
                websocket,
                RpcEndpoint(V201),
                on_call=handled.append,
                on_frame=lambda direction, text, _: sent.append(text) if direction is Direction.SENT else None,
            )
            serving = asyncio.create_task(peer.run())
            await csms.peer()
            far_end = csms.connections[0].websocket
            far_end.protocol.send_text(b'[2,"1","Reset",{"type":"Immediate"}]')
            far_end.protocol.send_text(b'[2,"2","NoAction",{}]')
            far_end.protocol.send_close(1000)
            far_end.send_data()
            await serving

    clock.run_simulated(main())
    assert handled == []
    assert sent == []


def test_the_id_of_a_call_that_is_left_unanswered_may_come_again() -> None:
    calls = 0

    def answer_the_second(_: object) -> ResetResponse:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise NoAnswer
        return ACCEPTED

    async def main() -> str:
        async with running_csms() as csms:
            csms.on_call = answer_the_second
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            for _ in range(2):
                await websocket.send('[2,"1","Reset",{"type":"Immediate"}]')
            answer = str(await websocket.recv())
            await websocket.close()
            return answer

    assert clock.run_simulated(main()) == '[3,"1",{"status":"Accepted"}]'
