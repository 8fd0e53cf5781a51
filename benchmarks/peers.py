"""The servers of the benchmarks, each in its own process: `python peers.py IMPLEMENTATION [FOLDER]` prints its port.

With FOLDER, `plugfest` uses TLS, and writes its root certificate there as ROOT_FILE.
"""

import asyncio
import resource
import ssl
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from websockets.asyncio.server import ServerConnection, serve

from plugfest.lab.csms.answers import Answers
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.answers import default_answers
from plugfest.link.peer import Peer
from plugfest.link.server import Admission, Connection, Server
from plugfest.link.tls import server_context
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.versions import V201
from plugfest.security.pki import TestPki

ROOT_FILE: Final = "root.pem"

HOST: Final = "127.0.0.1"


async def echo(_: Path | None) -> int:
    """A WebSocket server that sends every message back: the lower bound."""

    async def send_back(websocket: ServerConnection) -> None:
        async for text in websocket:
            await websocket.send(text)

    server = await serve(send_back, HOST, 0, compression=None)
    return int(next(iter(server.sockets)).getsockname()[1])


async def plugfest(folder: Path | None) -> int:
    """The CSMS of the lab: server, peer, RPC layer and default answers."""
    settings = LabSettings()
    answers = Answers(default_answers(settings, lambda: datetime.now(UTC)))

    async def handle(connection: Connection) -> None:
        await Peer(connection.websocket, RpcEndpoint(connection.protocol), respond=answers.respond).run()

    server = Server()
    await server.listen(
        HOST,
        0,
        protocols=[V201],
        admit=lambda _: Admission.accept(),
        on_connection=handle,
        tls=None if folder is None else _tls(folder),
    )
    return server.port


def _tls(folder: Path) -> ssl.SSLContext:
    pki = TestPki(datetime.now(UTC))
    (folder / ROOT_FILE).write_text(pki.root_pem)
    return server_context(pki.csms(HOST))


class CentralSystem(ChargePoint):  # type: ignore[misc]
    """A CSMS with the PyPI package `ocpp`."""

    @on("Heartbeat")
    async def on_heartbeat(self, **_: Any) -> Any:
        return call_result.Heartbeat(current_time=datetime.now(UTC).isoformat())

    @on("TransactionEvent")
    async def on_transaction_event(self, **_: Any) -> Any:
        return call_result.TransactionEvent()

    @on("BootNotification")
    async def on_boot_notification(self, **_: Any) -> Any:
        return call_result.BootNotification(current_time=datetime.now(UTC).isoformat(), interval=300, status="Accepted")

    @on("StatusNotification")
    async def on_status_notification(self, **_: Any) -> Any:
        return call_result.StatusNotification()

    @on("SecurityEventNotification")
    async def on_security_event_notification(self, **_: Any) -> Any:
        return call_result.SecurityEventNotification()


async def ocpp(_: Path | None) -> int:
    """A CSMS with the PyPI package `ocpp`."""

    async def handle(websocket: ServerConnection) -> None:
        await CentralSystem("CS", websocket).start()

    server = await serve(handle, HOST, 0, compression=None, subprotocols=["ocpp2.0.1"])  # type: ignore[list-item]
    return int(next(iter(server.sockets)).getsockname()[1])


SERVERS: Final[dict[str, Callable[[Path | None], Awaitable[int]]]] = {"echo": echo, "plugfest": plugfest, "ocpp": ocpp}


def raise_file_limit() -> None:
    """Permit as many open connections as the system does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def main(implementation: str, folder: Path | None = None) -> None:
    """Serve until standard input closes."""
    port = await SERVERS[implementation](folder)
    print(port, flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    raise_file_limit()
    asyncio.run(main(sys.argv[1], *map(Path, sys.argv[2:])))
