"""The CSMS's end: a WebSocket server that reports every connection attempt.

While it listens, the TLS settings for new connections can be changed, and the port can be closed and opened again.
Open connections are not affected.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final, cast

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from plugfest.link.attempt import CLIENT, Attempt, ObservedConnection
from plugfest.link.endings import quoted
from plugfest.link.errors import CannotListen
from plugfest.link.handshake import Admission, Handshake
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.versions import Protocol
from plugfest.unknown_clients import MAX_UNKNOWN, UnknownClients

__all__ = ["Admission", "Attempt", "Connection", "Handshake", "Server", "bind"]


CLOSING_TIME: Final = 0.5
"""Seconds that the other ends have for the closing handshake when a server closes: one may send without end."""


@dataclass(frozen=True)
class Connection:
    """The connection of an accepted station, and the agreed OCPP version."""

    websocket: ObservedConnection
    protocol: Protocol
    handshake: Handshake


class Server:
    """The port of a CSMS. `listen` opens it; `close` closes it and all connections."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._servers: list[WebSocketServer] = []
        self._open_connections: set[ObservedConnection] = set()

    async def listen(
        self,
        host: str,
        port: int,
        *,
        protocols: Sequence[Protocol],
        admit: Callable[[Handshake], Admission],
        on_connection: Callable[[Connection], Awaitable[None]],
        tls: ssl.SSLContext | None = None,
        on_attempt: Callable[[Attempt], None] | None = None,
        ping_interval: float | None = None,
        open_timeout: float = 30.0,
        max_size: int = DEFAULT_MAX_MESSAGE_SIZE,
        max_handshakes: int = MAX_UNKNOWN,
    ) -> None:
        """Open the port; with 0 the system chooses one.

        `on_connection` serves a station; the connection is closed when it returns. `on_attempt` is called once for each
        TCP connection, after its handshake has succeeded or failed. `open_timeout` is for the handshakes of TLS and of
        HTTP, each; of more than `max_handshakes` at one time the oldest is given up. Times in seconds, `max_size` in
        bytes.

        Raises CannotListen.
        """
        self._protocols = {protocol.subprotocol: protocol for protocol in protocols}
        self._admit = admit
        self._on_connection = on_connection
        self._tls = tls
        create_connection = partial(
            ObservedConnection,
            on_attempt=on_attempt,
            open_connections=self._open_connections,
            unknown_clients=UnknownClients(max_handshakes),
            open_timeout=open_timeout,
        )
        self._serve = partial(
            serve,
            self._handle_connection,
            process_request=self._process_request,
            select_subprotocol=self._select_subprotocol,
            create_connection=cast(type[ServerConnection], create_connection),
            compression=None,
            server_header=None,
            ping_interval=ping_interval or None,
            open_timeout=open_timeout,
            max_size=max_size,
        )
        self._open_timeout = open_timeout
        self._socket = bind(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        await self._start()

    async def change_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other TLS settings, or no TLS, for new connections."""
        self._tls = tls
        if self._socket is not None:
            await self._start()

    async def stop_listening(self) -> None:
        """Close the port until `listen_again`."""
        self._close_servers()
        await asyncio.sleep(0)  # websockets closes its sockets in a task
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def listen_again(self) -> None:
        """Open the same port again. Raises CannotListen if it is in use."""
        if self._socket is None:
            self._socket = bind(self.host, self.port)
            await self._start()

    async def close(self) -> None:
        """Stop listening, close every WebSocket and wait for its end: a closing handshake, or `CLOSING_TIME`."""
        await self.stop_listening()
        opened = [websocket for websocket in self._open_connections if websocket.state is not State.CONNECTING]
        for websocket in self._open_connections.difference(opened):
            websocket.give_up("the CSMS closed its port")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_TIME):
                await asyncio.gather(*(websocket.close(CloseCode.GOING_AWAY) for websocket in opened))
        for websocket in opened:
            websocket.drop("the CSMS closed its port")
        await asyncio.gather(*(server.wait_closed() for server in self._servers))
        self._servers.clear()

    async def _start(self) -> None:
        """Replace the server by a new one.

        Both accept from the same listening socket, so that no station is refused meanwhile.
        """
        assert self._socket is not None
        self._close_servers()
        timeout = None if self._tls is None else self._open_timeout
        server = await self._serve(sock=self._socket.dup(), ssl=self._tls, ssl_handshake_timeout=timeout)
        self._servers.append(server)

    def _close_servers(self) -> None:
        for server in self._servers:
            server.close(close_connections=False)

    # The steps of a connection, in this order

    def _process_request(self, websocket: ServerConnection, request: Request) -> Response | None:
        assert isinstance(websocket, ObservedConnection)
        admission = self._admit(websocket.read_handshake(request))
        if admission.status is None:
            return None
        websocket.refusal = admission.reason or admission.status.phrase
        response = websocket.respond(admission.status, f"{admission.status.phrase}\n")
        if admission.status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP", charset="UTF-8"'
        return response

    def _select_subprotocol(self, websocket: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """The first supported subprotocol in the order of the station, its order of preference (Part 4, 3.1.3)."""
        assert isinstance(websocket, ObservedConnection)
        selected = next((name for name in offered if name in self._protocols), None)
        if selected is None:
            names, known = quoted(", ".join(offered)) or "none", ", ".join(self._protocols)
            websocket.refusal = f"the subprotocol has to be {known}; {CLIENT} offers {names}"
        return selected

    async def _handle_connection(self, websocket: ServerConnection) -> None:
        assert isinstance(websocket, ObservedConnection)
        websocket.report()
        if websocket.subprotocol is None:
            # Part 4, 3.2: complete the handshake without a subprotocol, then close.
            await websocket.close(CloseCode.PROTOCOL_ERROR, "none of these subprotocols")
            return
        protocol = self._protocols[websocket.subprotocol]
        await self._on_connection(Connection(websocket, protocol, websocket.upgrade))


def bind(host: str, port: int) -> socket.socket:
    """A TCP socket to listen on; with port 0 the system chooses one. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio recognizes TCP and disables Nagle's algorithm.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:  # UnicodeError: an invalid host name
        listening.close()
        reason = error.strerror if isinstance(error, OSError) else "no such host"
        raise CannotListen(f"cannot listen on {host} port {port}: {reason}") from error
    listening.setblocking(False)
    return listening
