"""A small world to test connections in: a CSMS that answers heartbeats, and stations that connect to it."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from plugfest import clock
from plugfest.link.client import connect
from plugfest.link.handshake import Admission, Handshake
from plugfest.link.peer import Peer
from plugfest.link.server import Attempt, Connection, Server
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201.messages import HeartbeatResponse
from plugfest.ocpp.versions import V16, V201, Protocol
from plugfest.security.pki import TestPki

HOST = "127.0.0.1"
STATION = "CS001"


@functools.cache
def pki(**options: Any) -> TestPki:
    """One PKI for all tests that are content with it: keys take time."""
    return TestPki(clock.SystemClock().now(), **options)


async def answer_heartbeats(request: Request[Response]) -> Response:
    return HeartbeatResponse(current_time=clock.utc_now())


class Csms:
    """A listening CSMS, with all that it saw."""

    def __init__(self) -> None:
        self.server = Server()
        self.attempts: list[Attempt] = []
        self.connections: list[Connection] = []
        self.peers: list[Peer] = []
        self.on_call = answer_heartbeats
        self._attempted = asyncio.Event()
        self._arrived = asyncio.Event()

    def note(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self._attempted.set()

    async def attempt(self) -> Attempt:
        """The newest attempt to connect, as soon as there is one."""
        await self._attempted.wait()
        self._attempted.clear()
        return self.attempts[-1]

    async def serve(self, connection: Connection) -> None:
        peer = Peer(
            connection.websocket, RpcEndpoint(connection.protocol), on_call=lambda request: self.on_call(request)
        )
        self.connections.append(connection)
        self.peers.append(peer)
        self._arrived.set()
        await peer.run()

    async def peer(self) -> Peer:
        """This end of the newest connection, as soon as there is one."""
        await self._arrived.wait()
        return self.peers[-1]

    def url(self, scheme: str = "ws", host: str = HOST) -> str:
        return f"{scheme}://{host}:{self.server.port}/ocpp"


def everybody(_: Handshake) -> Admission:
    return Admission.accept()


@asynccontextmanager
async def csms(
    *,
    protocols: Sequence[Protocol] = (V201, V16),
    admit: Callable[[Handshake], Admission] = everybody,
    **options: Any,
) -> AsyncIterator[Csms]:
    world = Csms()
    await world.server.listen(
        HOST,
        0,
        protocols=protocols,
        admit=admit,
        on_connection=world.serve,
        on_attempt=world.note,
        **options,
    )
    try:
        yield world
    finally:
        await world.server.close()


@asynccontextmanager
async def station(
    world: Csms, *, on_call: Callable[..., Any] = answer_heartbeats, timeout: float = 30.0, **options: Any
) -> AsyncIterator[Peer]:
    """A station that is connected and served for as long as the block lasts."""
    websocket = await connect(world.url(), STATION, protocols=[V201], **options)
    peer = Peer(websocket, RpcEndpoint(V201, message_timeout=timeout), on_call=on_call)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(peer.run())
        try:
            yield peer
        finally:
            await peer.close()
            await serving
