"""A CSMS that is not ours: the PyPI packages `ocpp` and `websockets`. One station connects to it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from tests.cli.external.received import LIMIT, Received
from websockets.asyncio.server import ServerConnection, basic_auth, serve
from websockets.exceptions import ConnectionClosed

IDENTITY, PASSWORD = "CS001", "a password of a station"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Recorded:
    """A WebSocket whose text frames are kept."""

    def __init__(self, websocket: ServerConnection, received: Received) -> None:
        self._websocket = websocket
        self._received = received

    async def recv(self) -> str:
        text = await self._websocket.recv()
        assert isinstance(text, str)
        self._received.frames.append(text)
        return text

    async def send(self, text: str) -> None:
        self._received.frames.append(text)
        await self._websocket.send(text)


class Csms:
    """Listens, and serves the newest connection with a `ChargePoint` of the package `ocpp`."""

    def __init__(self, charge_point: type[Any]) -> None:
        self.received = Received()
        self._charge_point = charge_point
        self._current: Any = None

    async def call(self, request: object) -> Any:
        """Send a request. `ocpp` validates it and the answer, and raises for a CALLERROR."""
        async with asyncio.timeout(LIMIT):
            return await self._current.call(request, suppress=False)

    @contextlib.asynccontextmanager
    async def listening(self, subprotocol: str) -> AsyncIterator[str]:
        """The URL of the CSMS during the block."""
        async with serve(
            self._serve,
            "127.0.0.1",
            0,
            subprotocols=[subprotocol],
            process_request=basic_auth(credentials=(IDENTITY, PASSWORD)),
        ) as server:
            yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"

    async def _serve(self, websocket: ServerConnection) -> None:
        self._current = self._charge_point(IDENTITY, Recorded(websocket, self.received), received=self.received)
        with contextlib.suppress(ConnectionClosed):
            await self._current.start()
