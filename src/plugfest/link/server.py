"""The CSMS's end: a listening websocket server that tells everything about who tries to connect.

What a lab needs beside serving can be done while it listens: change the TLS settings for those who come next, refuse
everybody at the level of TCP, listen again on the same port. Living connections stay.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import cast

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from plugfest.link.attempt import Attempt, ObservedConnection
from plugfest.link.errors import CannotListen
from plugfest.link.handshake import Admission, Handshake
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.versions import Protocol

__all__ = ["Admission", "Attempt", "Connection", "Handshake", "Server", "bind"]


@dataclass(frozen=True)
class Connection:
    """A station that was let in, and the OCPP version that both speak."""

    websocket: ObservedConnection
    protocol: Protocol
    handshake: Handshake


class Server:
    """A CSMS's port. `listen` opens it, `close` ends it and all its connections."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._servers: list[WebSocketServer] = []
        self._present: set[ObservedConnection] = set()

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
    ) -> None:
        """Open the port; 0 lets the system choose one.

        `on_connection` serves a station, whose connection is closed when it returns. `on_attempt` hears once of every
        TCP connection, when its handshake has succeeded or failed. Times in seconds, `max_size` in bytes.

        Raises CannotListen.
        """
        self._protocols = {protocol.subprotocol: protocol for protocol in protocols}
        self._admit = admit
        self._on_connection = on_connection
        self._tls = tls
        self._serve = partial(
            serve,
            self._welcome,
            process_request=self._examine,
            select_subprotocol=self._select,
            create_connection=cast(
                type[ServerConnection], partial(ObservedConnection, on_attempt=on_attempt, present=self._present)
            ),
            compression=None,
            server_header=None,
            ping_interval=ping_interval or None,
            open_timeout=open_timeout,
            max_size=max_size,
        )
        self._socket = bind(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        await self._start()

    async def change_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other certificates, TLS versions or cipher suites, or none, for whoever connects from now on."""
        self._tls = tls
        if self._socket is not None:
            await self._start()

    async def stop_listening(self) -> None:
        """Refuse new TCP connections until `listen_again`."""
        self._retire()
        await asyncio.sleep(0)  # websockets closes its sockets in a task
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def listen_again(self) -> None:
        """Accept connections again, on the same port. Raises CannotListen if somebody else took it."""
        if self._socket is None:
            self._socket = bind(self.host, self.port)
            await self._start()

    async def close(self) -> None:
        """Stop listening, close every connection in the orderly way and wait for its end."""
        await self.stop_listening()
        for websocket in self._present:
            if websocket.state is State.CONNECTING:
                websocket.drop()
        await asyncio.gather(*(websocket.close(CloseCode.GOING_AWAY) for websocket in self._present))
        await asyncio.gather(*(server.wait_closed() for server in self._servers))
        self._servers.clear()

    async def _start(self) -> None:
        """Put a new server in the place of the old one.

        Both accept from one listening socket of the operating system, so that no station is refused in between.
        """
        assert self._socket is not None
        self._retire()
        self._servers.append(await self._serve(sock=self._socket.dup(), ssl=self._tls))

    def _retire(self) -> None:
        for server in self._servers:
            server.close(close_connections=False)

    # What happens to a station that connects, in this order

    def _examine(self, websocket: ServerConnection, request: Request) -> Response | None:
        assert isinstance(websocket, ObservedConnection)
        admission = self._admit(websocket.examine(request))
        if admission.status is None:
            return None
        response = websocket.respond(admission.status, f"{admission.status.phrase}\n")
        if admission.status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP", charset="UTF-8"'
        return response

    def _select(self, _: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """The first that the station offers and we speak: it names the preferred one first (Part 4, 3.1.3)."""
        return next((name for name in offered if name in self._protocols), None)

    async def _welcome(self, websocket: ServerConnection) -> None:
        assert isinstance(websocket, ObservedConnection)
        websocket.report()
        if websocket.subprotocol is None:
            # Part 4, 3.2: finish the handshake without a subprotocol, then close.
            await websocket.close(CloseCode.PROTOCOL_ERROR, "none of these subprotocols")
            return
        protocol = self._protocols[websocket.subprotocol]
        await self._on_connection(Connection(websocket, protocol, websocket.upgrade))


def bind(host: str, port: int) -> socket.socket:
    """A TCP socket to listen on; port 0 lets the system choose one. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: without it asyncio does not see TCP and leaves Nagle's algorithm on.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that no host can have
        listening.close()
        reason = error.strerror if isinstance(error, OSError) else "no such host"
        raise CannotListen(f"cannot listen on {host} port {port}: {reason}") from error
    listening.setblocking(False)
    return listening
