"""A peer: calls and answers over a real websocket, in simulated time."""

import asyncio
import logging

import pytest
from tests.link.world import STATION, Csms, answer_heartbeats, connect, csms, station

from plugfest import clock
from plugfest.link.errors import CallErrorReceived, CallTimeout, ConnectionLost, InvalidResult
from plugfest.link.peer import HANDLER_GRACE, MOST_WAITING_CALLS, Answer, Direction, NoAnswer, Peer, Refusal
from plugfest.ocpp.errors import ErrorCode, OursError
from plugfest.ocpp.rpc import CallReceived, ResultReceived, RpcEndpoint
from plugfest.ocpp.v16.messages import HeartbeatRequest as HeartbeatV16
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


async def never(_: object) -> ResetResponse:
    raise NoAnswer


def test_a_call_returns_its_response():
    async def main() -> HeartbeatResponse:
        async with csms() as world, station(world) as peer:
            return await peer.call(HeartbeatRequest())

    assert clock.run_simulated(main()) == HeartbeatResponse(current_time=clock.TEST_START)


def test_both_ends_may_call():
    async def accept(_: object) -> ResetResponse:
        return ACCEPTED

    async def main() -> ResetResponse:
        async with csms() as world, station(world, on_call=accept):
            return await (await world.peer()).call(RESET)

    assert clock.run_simulated(main()) == ACCEPTED


def test_a_handler_may_call_the_peer_that_called_it():
    async def main() -> ResetResponse:
        async def ask_back(_: object) -> ResetResponse:
            await peer.call(HeartbeatRequest())
            return ACCEPTED

        async with csms() as world, station(world, on_call=ask_back) as peer:
            return await (await world.peer()).call(RESET)

    assert clock.run_simulated(main()) == ACCEPTED


def test_calls_are_sent_one_after_the_other():
    async def main() -> list[tuple[Direction, str]]:
        frames: list[tuple[Direction, str]] = []
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            peer = Peer(
                websocket,
                RpcEndpoint(V201),
                on_call=answer_heartbeats,
                on_frame=lambda direction, text, now: frames.append((direction, text)),
            )
            serving = asyncio.create_task(peer.run())
            await asyncio.gather(*(peer.call(HeartbeatRequest()) for _ in range(3)))
            await peer.close()
            await serving
        return frames

    assert [direction for direction, _ in clock.run_simulated(main())] == [Direction.SENT, Direction.RECEIVED] * 3


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


def test_a_call_that_nobody_answers_times_out():
    async def main() -> float:
        async with csms() as world, station(world, on_call=never):
            with pytest.raises(CallTimeout, match="Reset"):
                await (await world.peer()).call(RESET, timeout=7)
            return asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == 7


def test_the_next_call_goes_out_when_the_one_before_has_timed_out():
    async def main() -> float:
        async with csms() as world, station(world, timeout=10) as peer:
            world.on_call = never
            lost = asyncio.create_task(peer.call(HeartbeatRequest()))
            await asyncio.sleep(9)
            world.on_call = answer_heartbeats
            await peer.call(HeartbeatRequest())
            with pytest.raises(CallTimeout):
                await lost
            return asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == 10


def test_a_caller_that_gives_up_does_not_hurt_the_connection():
    async def main() -> HeartbeatResponse:
        async with csms() as world, station(world, timeout=10) as peer:
            world.on_call = never
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(peer.call(HeartbeatRequest()), 3)
            world.on_call = answer_heartbeats
            return await peer.call(HeartbeatRequest())

    assert clock.run_simulated(main()).current_time.second == 10


def test_an_answer_that_breaks_the_schema_is_reported():
    async def main() -> InvalidResult:
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            call = asyncio.create_task((await world.peer()).call(RESET))
            message_id = (await websocket.recv()).split('"')[1]
            await websocket.send(f'[3,"{message_id}",{{"status":"Perhaps"}}]')
            with pytest.raises(InvalidResult) as caught:
                await call
            await websocket.close()
            return caught.value

    error = clock.run_simulated(main())
    assert "Perhaps" in error.text
    assert "$.status" in str(error)


def test_a_request_of_another_version_is_our_own_fault():
    async def main() -> None:
        async with csms() as world, station(world) as peer:
            with pytest.raises(OursError):
                await peer.call(HeartbeatV16())

    clock.run_simulated(main())


def test_a_broken_connection_ends_calls_and_run():
    async def main() -> tuple[bool, bool]:
        async with csms() as world, station(world) as peer:
            world.on_call = never
            call = asyncio.create_task(peer.call(HeartbeatRequest()))
            (await world.peer()).abort()
            with pytest.raises(ConnectionLost, match="Heartbeat"):
                await call
            with pytest.raises(ConnectionLost, match="not connected"):
                await peer.call(HeartbeatRequest())
            return peer.closed, world.peers[0].closed

    assert clock.run_simulated(main()) == (True, True)


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


def test_whoever_stops_serving_drops_the_connection():
    async def main() -> None:
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            peer = Peer(websocket, RpcEndpoint(V201), on_call=answer_heartbeats)
            serving = asyncio.create_task(peer.run())
            await peer.call(HeartbeatRequest())
            serving.cancel()
            await websocket.wait_closed()

    clock.run_simulated(main())


def test_events_and_frames_are_told_in_their_order():
    async def main() -> list[object]:
        told: list[object] = []
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            peer = Peer(
                websocket,
                RpcEndpoint(V201, new_message_id=iter("ab").__next__),
                on_call=never,
                on_frame=lambda direction, text, now: told.append((direction, text[:8], now)),
                on_event=lambda event: told.append(type(event)),
            )
            serving = asyncio.create_task(peer.run())
            await asyncio.sleep(1.5)
            await peer.call(HeartbeatRequest())
            await (await world.peer()).send_text('[2,"x","ClearCache",{}]')
            await asyncio.sleep(1)
            await peer.close()
            await serving
        return told

    assert clock.run_simulated(main()) == [
        (Direction.SENT, '[2,"a","', 1.5),
        (Direction.RECEIVED, '[3,"a",{', 1.5),
        ResultReceived,
        (Direction.RECEIVED, '[2,"x","', 1.5),
        CallReceived,
    ]


def test_a_binary_message_is_taken_for_the_text_that_it_holds():
    async def main() -> str:
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            await websocket.send(b'[2,"1","Heartbeat",{}]')
            answer = await websocket.recv()
            await websocket.close()
            return str(answer)

    assert clock.run_simulated(main()).startswith('[3,"1",')


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


def test_a_peer_that_does_not_read_is_dropped():
    async def main() -> bool:
        async with csms() as world, station(world) as peer:
            (await world.peer())._websocket.transport.pause_reading()
            for _ in range(20):
                await peer.send_text("x" * 1_000_000)
            await asyncio.sleep(0)
            return peer.closed

    assert clock.run_simulated(main())


def test_a_failing_observer_fails_the_run():
    def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    async def main() -> None:
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            peer = Peer(websocket, RpcEndpoint(V201), on_call=answer_heartbeats, on_event=fail)
            await (await world.peer()).send_text('[2,"1","ClearCache",{}]')
            with pytest.raises(RuntimeError, match="disk full"):
                await peer.run()
            assert peer.closed

    clock.run_simulated(main())


class Pings:
    """Counts the pings that arrive at a CSMS."""

    def __init__(self, world: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times: list[float] = []
        connection = world.connections[0].websocket
        process = connection.protocol.recv_frame

        def recv_frame(frame):
            if frame.opcode == 9:
                self.times.append(asyncio.get_running_loop().time())
            process(frame)

        monkeypatch.setattr(connection.protocol, "recv_frame", recv_frame)


def test_the_ping_interval_changes_on_a_living_connection(monkeypatch):
    async def main() -> list[float]:
        async with csms() as world, station(world, ping_interval=10) as peer:
            await world.peer()
            pings = Pings(world, monkeypatch)
            await asyncio.sleep(25)
            peer.set_ping_interval(3)
            await asyncio.sleep(7)
            peer.set_ping_interval(0)
            await asyncio.sleep(1_000)
            peer.set_ping_interval(60)
            await asyncio.sleep(61)
            return pings.times

    assert clock.run_simulated(main()) == [10, 20, 28, 31, 1092]


def test_a_csms_that_does_not_answer_pings_is_given_up():
    async def main() -> float:
        async with csms() as world, station(world, ping_interval=10) as peer:
            await world.peer()
            world.connections[0].websocket.transport.pause_reading()
            with pytest.raises(ConnectionLost):
                await peer.call(HeartbeatRequest(), timeout=3_600)
            return asyncio.get_running_loop().time()

    ping_sent, ping_timeout, close_timeout = 10, 20, 10
    assert clock.run_simulated(main()) == ping_sent + ping_timeout + close_timeout
