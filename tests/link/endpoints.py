"""A CSMS that answers heartbeats, and stations that connect to it."""

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
    """One PKI for all tests with the same options: generating keys is slow."""
    return TestPki(clock.SystemClock().now(), **options)


async def answer_heartbeats(request: Request[Response]) -> Response:
    return HeartbeatResponse(current_time=clock.utc_now())


class Csms:
    """A listening CSMS, with its attempts, connections and peers."""

    def __init__(self) -> None:
        self.server = Server()
        self.attempts: list[Attempt] = []
        self.connections: list[Connection] = []
        self.peers: list[Peer] = []
        self.on_call = answer_heartbeats
        self.peer_options: dict[str, Any] = {}
        self._attempt_recorded = asyncio.Event()
        self._connected = asyncio.Event()

    def record_attempt(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self._attempt_recorded.set()

    async def attempt(self) -> Attempt:
        """The newest connection attempt; waits for one."""
        await self._attempt_recorded.wait()
        self._attempt_recorded.clear()
        return self.attempts[-1]

    async def serve(self, connection: Connection) -> None:
        peer = Peer(
            connection.websocket,
            RpcEndpoint(connection.protocol),
            on_call=lambda request: self.on_call(request),
            **self.peer_options,
        )
        self.connections.append(connection)
        self.peers.append(peer)
        self._connected.set()
        await peer.run()

    async def peer(self) -> Peer:
        """The CSMS end of the newest connection; waits for one."""
        await self._connected.wait()
        return self.peers[-1]

    def url(self, scheme: str = "ws", host: str = HOST) -> str:
        return f"{scheme}://{host}:{self.server.port}/ocpp"


def accept_all(_: Handshake) -> Admission:
    return Admission.accept()


@asynccontextmanager
async def running_csms(
    *,
    protocols: Sequence[Protocol] = (V201, V16),
    admit: Callable[[Handshake], Admission] = accept_all,
    **options: Any,
) -> AsyncIterator[Csms]:
    csms = Csms()
    await csms.server.listen(
        HOST,
        0,
        protocols=protocols,
        admit=admit,
        on_connection=csms.serve,
        on_attempt=csms.record_attempt,
        **options,
    )
    try:
        yield csms
    finally:
        await csms.server.close()


@asynccontextmanager
async def connected_station(
    csms: Csms, *, on_call: Callable[..., Any] = answer_heartbeats, timeout: float = 30.0, **options: Any
) -> AsyncIterator[Peer]:
    """A station that is connected while the block runs."""
    websocket = await connect(csms.url(), STATION, protocols=[V201], **options)
    peer = Peer(websocket, RpcEndpoint(V201, message_timeout=timeout), on_call=on_call)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(peer.run())
        try:
            yield peer
        finally:
            await peer.close()
            await serving
