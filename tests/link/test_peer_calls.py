"""Calls and their answers over a real websocket, in simulated time."""

import asyncio

import pytest
from tests.link.endpoints import STATION, answer_heartbeats, connect, connected_station, running_csms

from plugfest import clock
from plugfest.link.errors import CallTimeout, InvalidResult
from plugfest.link.peer import Direction, NoAnswer, Peer
from plugfest.ocpp.errors import LocalError
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v16.messages import HeartbeatRequest as HeartbeatV16
from plugfest.ocpp.v201.messages import (
    HeartbeatRequest,
    HeartbeatResponse,
    ResetRequest,
    ResetResponse,
)
from plugfest.ocpp.v201.types import ResetEnumType, ResetStatusEnumType
from plugfest.ocpp.versions import V201

RESET = ResetRequest(type=ResetEnumType.Immediate)
ACCEPTED = ResetResponse(status=ResetStatusEnumType.Accepted)


async def never(_: object) -> ResetResponse:
    raise NoAnswer


def test_a_call_returns_its_response():
    async def main() -> HeartbeatResponse:
        async with running_csms() as csms, connected_station(csms) as peer:
            return await peer.call(HeartbeatRequest())

    assert clock.run_simulated(main()) == HeartbeatResponse(current_time=clock.TEST_START)


def test_both_ends_may_call():
    async def accept(_: object) -> ResetResponse:
        return ACCEPTED

    async def main() -> ResetResponse:
        async with running_csms() as csms, connected_station(csms, on_call=accept):
            return await (await csms.peer()).call(RESET)

    assert clock.run_simulated(main()) == ACCEPTED


def test_a_handler_may_call_the_peer_that_called_it():
    async def main() -> ResetResponse:
        async def ask_back(_: object) -> ResetResponse:
            await peer.call(HeartbeatRequest())
            return ACCEPTED

        async with running_csms() as csms, connected_station(csms, on_call=ask_back) as peer:
            return await (await csms.peer()).call(RESET)

    assert clock.run_simulated(main()) == ACCEPTED


def test_calls_are_sent_one_at_a_time():
    async def main() -> list[tuple[Direction, str]]:
        frames: list[tuple[Direction, str]] = []
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
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


def test_a_call_without_an_answer_times_out():
    async def main() -> float:
        async with running_csms() as csms, connected_station(csms, on_call=never):
            with pytest.raises(CallTimeout, match="Reset"):
                await (await csms.peer()).call(RESET, timeout=7)
            return asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == 7


@pytest.mark.parametrize("earlier", [2, 10, 30])
def test_a_call_has_its_own_time_after_one_that_was_answered(earlier: int) -> None:
    async def main() -> float:
        async with running_csms() as csms, connected_station(csms) as peer:
            await peer.call(HeartbeatRequest(), timeout=earlier)
            await asyncio.sleep(1)
            csms.on_call = never
            with pytest.raises(CallTimeout):
                await peer.call(HeartbeatRequest(), timeout=10)
            return asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == 11


def test_the_next_call_is_sent_when_the_one_before_has_timed_out():
    async def main() -> float:
        async with running_csms() as csms, connected_station(csms, timeout=10) as peer:
            csms.on_call = never
            lost = asyncio.create_task(peer.call(HeartbeatRequest()))
            await asyncio.sleep(9)
            csms.on_call = answer_heartbeats
            await peer.call(HeartbeatRequest())
            with pytest.raises(CallTimeout):
                await lost
            return asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == 10


def test_a_caller_that_is_cancelled_does_not_affect_the_connection():
    async def main() -> HeartbeatResponse:
        async with running_csms() as csms, connected_station(csms, timeout=10) as peer:
            csms.on_call = never
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(peer.call(HeartbeatRequest()), 3)
            csms.on_call = answer_heartbeats
            return await peer.call(HeartbeatRequest())

    assert clock.run_simulated(main()).current_time.second == 10


def test_an_answer_that_violates_the_schema_is_reported():
    async def main() -> InvalidResult:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            call = asyncio.create_task((await csms.peer()).call(RESET))
            message_id = (await websocket.recv()).split('"')[1]
            await websocket.send(f'[3,"{message_id}",{{"status":"Perhaps"}}]')
            with pytest.raises(InvalidResult) as caught:
                await call
            await websocket.close()
            return caught.value

    error = clock.run_simulated(main())
    assert "Perhaps" in error.text
    assert "$.status" in str(error)


def test_a_request_of_another_version_is_a_local_error():
    async def main() -> None:
        async with running_csms() as csms, connected_station(csms) as peer:
            with pytest.raises(LocalError):
                await peer.call(HeartbeatV16())

    clock.run_simulated(main())
