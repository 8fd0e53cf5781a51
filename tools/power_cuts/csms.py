"""A small CSMS on plain WebSockets: it answers, and records what it has received on which connection."""

import asyncio
import base64
import json
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import uuid4

from cryptography import x509
from tools.power_cuts.process import Gone
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

TIMEOUT = 15.0
"""Seconds for an answer of the station."""

Payload = dict[str, Any]


class Received(NamedTuple):
    """A request of the station, and the number of the connection it came on."""

    connection: int
    action: str
    payload: Payload


class Refused(Exception):
    """The station answered with a CALLERROR."""


class Csms:
    """`answers`: what to answer by action. `passwords`: those that are accepted; empty: none is asked for."""

    def __init__(self, subprotocol: str, answers: Mapping[str, Callable[[Payload], Payload]]) -> None:
        self._subprotocol = subprotocol
        self._answers = answers
        self.passwords: set[str] = set()
        self.received: list[Received] = []
        self.connections = 0
        self.used_password = ""
        self.used_certificate = 0
        """The serial number of the client certificate of the present connection."""
        self.rejected_passwords: list[str] = []
        self._socket: ServerConnection | None = None
        self._waiting: dict[str, asyncio.Future[Payload]] = {}
        self._changed = asyncio.Event()
        self._server: Server | None = None

    async def listen(self, tls: ssl.SSLContext | None) -> int:
        """Returns the port."""
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=tls,
            subprotocols=[self._subprotocol],  # type: ignore[list-item]
            process_request=self._admit,
            ping_interval=None,
            compression=None,
        )
        port: int = next(iter(self._server.sockets)).getsockname()[1]
        return port

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def call(self, action: str, payload: Payload) -> Payload:
        """Send a request. Raises Gone or Refused."""
        socket = self._socket
        if socket is None:
            raise Gone(action)
        id = str(uuid4())
        future = self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            await socket.send(json.dumps([2, id, action, payload]))
            async with asyncio.timeout(TIMEOUT):
                answer: Payload = await future
                return answer
        except (ConnectionClosed, TimeoutError) as error:
            raise Gone(action) from error
        finally:
            del self._waiting[id]

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether the condition becomes true within this time."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def all(self, action: str) -> list[Received]:
        return [each for each in self.received if each.action == action]

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        if not self.passwords:
            return None
        encoded = request.headers.get("Authorization", "").removeprefix("Basic ")
        password = base64.b64decode(encoded).decode().partition(":")[2]
        self.used_password = password
        if password in self.passwords:
            return None
        self.rejected_passwords.append(password)
        return socket.respond(HTTPStatus.UNAUTHORIZED, "")

    async def _serve(self, socket: ServerConnection) -> None:
        self.connections += 1
        number = self.connections
        self._socket = socket
        certificate = socket.transport.get_extra_info("ssl_object")
        if certificate is not None and (der := certificate.getpeercert(binary_form=True)):
            self.used_certificate = x509.load_der_x509_certificate(der).serial_number
        self._changed.set()
        try:
            async for text in socket:
                await self._receive(number, socket, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            if self._socket is socket:
                self._socket = None
                for future in self._waiting.values():
                    if not future.done():
                        future.set_exception(Gone("connection"))
            self._changed.set()

    async def _receive(self, connection: int, socket: ServerConnection, message: list[Any]) -> None:
        if message[0] == 2:
            _, id, action, payload = message
            self.received.append(Received(connection, action, payload))
            self._changed.set()
            known = self._answers.get(action)
            answer = {} if known is None else known(payload)
            await socket.send(json.dumps([3, id, answer]))
            return
        future = self._waiting.get(message[1])
        if future is None or future.done():
            return
        if message[0] == 3:
            future.set_result(message[2])
        else:
            future.set_exception(Refused(message[2:]))


def now() -> str:
    """The time of day as OCPP writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
