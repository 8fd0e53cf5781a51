"""The network in memory: order, delay, silence and refusal."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from plugfest.clock import run_simulated
from plugfest.link.errors import CsmsUnreachable, HandshakeRefused
from plugfest.rig.simulation.environment.network import DELAY, MemoryWebSocket, Network


class FarEnd:
    def __init__(self) -> None:
        self.received: list[tuple[float, str]] = []
        self.lost_at: float | None = None

    def receive(self, text: str) -> None:
        self.received.append((asyncio.get_running_loop().time(), text))

    def lost(self) -> None:
        self.lost_at = asyncio.get_running_loop().time()


def connected(
    body: Callable[[Network, MemoryWebSocket, FarEnd], Awaitable[None]], ping_interval: float | None = None
) -> None:
    async def scenario() -> None:
        far_end = FarEnd()
        network = Network(lambda _: far_end)
        websocket = await network.connect("ws://csms", "CS001", protocols=[], ping_interval=ping_interval)
        await body(network, websocket, far_end)

    run_simulated(scenario())


def test_messages_arrive_in_their_order_also_when_the_delay_falls() -> None:
    async def body(network: Network, websocket: MemoryWebSocket, far_end: FarEnd) -> None:
        network.delay = 10.0
        websocket.write("slow")
        network.delay = DELAY
        websocket.write("fast")
        await asyncio.sleep(20)
        assert [text for _, text in far_end.received] == ["slow", "fast"]

    connected(body)


def test_messages_sent_in_silence_arrive_after_it() -> None:
    async def body(network: Network, websocket: MemoryWebSocket, far_end: FarEnd) -> None:
        network.silence(60)
        websocket.write("late")
        await asyncio.sleep(59)
        assert far_end.received == []
        await asyncio.sleep(2)
        assert [text for _, text in far_end.received] == ["late"]

    connected(body)


@pytest.mark.parametrize(("ping_interval", "lost"), [(30.0, True), (None, False)])
def test_a_long_silence_ends_a_connection_with_pings(ping_interval: float | None, lost: bool) -> None:
    async def body(network: Network, websocket: MemoryWebSocket, far_end: FarEnd) -> None:
        network.silence(100)
        await asyncio.sleep(60)
        assert websocket.is_open is not lost
        assert bool(websocket.end) is lost

    connected(body, ping_interval)


def test_the_far_end_learns_that_the_connection_was_dropped() -> None:
    async def body(network: Network, websocket: MemoryWebSocket, far_end: FarEnd) -> None:
        websocket.drop("the power failed")
        await websocket.wait_closed()
        assert websocket.end == "the power failed"
        await asyncio.sleep(1)
        assert far_end.lost_at is not None

    connected(body)


@pytest.mark.parametrize(("status", "error"), [(0, CsmsUnreachable), (503, HandshakeRefused)])
def test_a_csms_that_is_down_refuses(status: int, error: type[Exception]) -> None:
    async def scenario() -> None:
        network = Network(lambda _: FarEnd())
        network.refusal = status
        with pytest.raises(error):
            await network.connect("ws://csms", "CS001", protocols=[])

    run_simulated(scenario())
