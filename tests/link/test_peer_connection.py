"""The connection of a peer: frames and events as reported, pings, loss and closing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.link.endpoints import STATION, Csms, answer_heartbeats, connect, connected_station, running_csms

from plugfest import clock
from plugfest.link.errors import ConnectionLost
from plugfest.link.peer import Direction, NoAnswer, Peer
from plugfest.ocpp.events import CallReceived, ResultReceived
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201.messages import (
    HeartbeatRequest,
    ResetResponse,
)
from plugfest.ocpp.versions import V201


async def never(_: object) -> ResetResponse:
    raise NoAnswer


def test_a_broken_connection_ends_calls_and_run():
    async def main() -> tuple[bool, bool]:
        async with running_csms() as csms, connected_station(csms) as peer:
            csms.on_call = never
            call = asyncio.create_task(peer.call(HeartbeatRequest()))
            (await csms.peer()).abort()
            with pytest.raises(ConnectionLost, match=r"during Heartbeat: the CSMS (closed|reset) the TCP connection"):
                await call
            with pytest.raises(ConnectionLost, match="not connected"):
                await peer.call(HeartbeatRequest())
            return peer.closed, csms.peers[0].closed

    assert clock.run_simulated(main()) == (True, True)


def test_cancelling_run_closes_the_connection():
    async def main() -> None:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            peer = Peer(websocket, RpcEndpoint(V201), on_call=answer_heartbeats)
            serving = asyncio.create_task(peer.run())
            await peer.call(HeartbeatRequest())
            serving.cancel()
            await websocket.wait_closed()

    clock.run_simulated(main())


def test_events_and_frames_are_reported_in_their_order():
    async def main() -> list[object]:
        reported: list[object] = []
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            peer = Peer(
                websocket,
                RpcEndpoint(V201, new_message_id=iter("ab").__next__),
                on_call=never,
                on_frame=lambda direction, text, now: reported.append((direction, text[:8], now)),
                on_event=lambda event: reported.append(type(event)),
            )
            serving = asyncio.create_task(peer.run())
            await asyncio.sleep(1.5)
            await peer.call(HeartbeatRequest())
            await (await csms.peer()).send_text('[2,"x","ClearCache",{}]')
            await asyncio.sleep(1)
            await peer.close()
            await serving
        return reported

    assert clock.run_simulated(main()) == [
        (Direction.SENT, '[2,"a","', 1.5),
        (Direction.RECEIVED, '[3,"a",{', 1.5),
        ResultReceived,
        (Direction.RECEIVED, '[2,"x","', 1.5),
        CallReceived,
    ]


def test_a_binary_message_is_read_as_text():
    async def main() -> str:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            await websocket.send(b'[2,"1","Heartbeat",{}]')
            answer = await websocket.recv()
            await websocket.close()
            return str(answer)

    assert clock.run_simulated(main()).startswith('[3,"1",')


def test_a_peer_that_does_not_read_is_disconnected():
    async def main() -> bool:
        async with running_csms() as csms, connected_station(csms) as peer:
            (await csms.peer())._websocket.transport.pause_reading()
            for _ in range(20):
                await peer.send_text("x" * 1_000_000)
            await asyncio.sleep(0)
            return peer.closed

    assert clock.run_simulated(main())


def test_a_dropped_connection_is_closed_when_the_other_end_can_know_it():
    async def main() -> tuple[bool, bool]:
        async with running_csms() as csms, connected_station(csms):
            peer = await csms.peer()
            peer.abort()
            at_once = peer.closed
            await csms.connections[0].websocket.wait_closed()
            return at_once, peer.closed

    assert clock.run_simulated(main()) == (False, True)


def test_a_failing_callback_fails_run():
    def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    async def main() -> None:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            peer = Peer(websocket, RpcEndpoint(V201), on_call=answer_heartbeats, on_event=fail)
            await (await csms.peer()).send_text('[2,"1","ClearCache",{}]')
            with pytest.raises(RuntimeError, match="disk full"):
                await peer.run()
            assert peer.closed

    clock.run_simulated(main())


def test_a_callback_that_fails_for_a_later_answer_fails_run():
    def fail_when_sent(direction: Direction, *_: object) -> None:
        if direction is Direction.SENT:
            raise RuntimeError("disk full")

    async def main() -> None:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            peer = Peer(websocket, RpcEndpoint(V201), on_call=answer_heartbeats, on_frame=fail_when_sent)
            await (await csms.peer()).send_text('[2,"1","Heartbeat",{}]')
            with pytest.raises(RuntimeError, match="disk full"):
                await peer.run()

    clock.run_simulated(main())


class Pings:
    """Counts the pings that arrive at a CSMS."""

    def __init__(self, csms: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times: list[float] = []
        connection = csms.connections[0].websocket
        process = connection.protocol.recv_frame

        def recv_frame(frame):
            if frame.opcode == 9:
                self.times.append(asyncio.get_running_loop().time())
            process(frame)

        monkeypatch.setattr(connection.protocol, "recv_frame", recv_frame)


def test_the_ping_interval_changes_on_an_open_connection(monkeypatch):
    async def main() -> list[float]:
        async with running_csms() as csms, connected_station(csms, ping_interval=10) as peer:
            await csms.peer()
            pings = Pings(csms, monkeypatch)
            await asyncio.sleep(25)
            peer.set_ping_interval(3)
            await asyncio.sleep(7)
            peer.set_ping_interval(0)
            await asyncio.sleep(1_000)
            peer.set_ping_interval(60)
            await asyncio.sleep(61)
            return pings.times

    assert clock.run_simulated(main()) == [10, 20, 28, 31, 1092]


def test_a_csms_that_does_not_answer_pings_is_disconnected():
    async def main() -> float:
        async with running_csms() as csms, connected_station(csms, ping_interval=10) as peer:
            await csms.peer()
            csms.connections[0].websocket.transport.pause_reading()
            with pytest.raises(ConnectionLost):
                await peer.call(HeartbeatRequest(), timeout=3_600)
            return asyncio.get_running_loop().time()

    ping_sent, ping_timeout, close_timeout = 10, 20, 10
    assert clock.run_simulated(main()) == ping_sent + ping_timeout + close_timeout


def ends_of_a_connection(end: Callable[[Peer], Awaitable[None]]) -> tuple[str, str]:
    """How the connection ended for the station and for the CSMS, whose end `end` closes."""

    async def main() -> tuple[str, str]:
        async with running_csms() as csms, connected_station(csms) as station:
            assert station.end == ""
            csms_end = await csms.peer()
            await end(csms_end)
            await asyncio.sleep(1)
            return station.end, csms_end.end

    return clock.run_simulated(main())


def test_the_end_of_a_connection_names_who_closed_it_and_the_status() -> None:
    assert ends_of_a_connection(lambda peer: peer.close(1012, "update")) == (
        "the CSMS closed the connection with 1012 (service restart): update",
        "closed with 1012 (service restart): update",
    )


def test_a_connection_may_end_without_a_close_frame() -> None:
    async def abort(peer: Peer) -> None:
        peer.abort()

    assert ends_of_a_connection(abort) == (
        "the CSMS closed the TCP connection without a close frame",
        "dropped without a close frame",
    )
