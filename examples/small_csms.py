"""A CSMS for the examples, OCPP 2.0.1, on the package websockets: it accepts every station and every card."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from plugfest import now

Payload = dict[str, Any]


class SmallCsms:
    """`requests`: what the stations have sent, as (identity, action, payload)."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Payload]] = []
        self._connections: dict[str, ServerConnection] = {}
        self._answers: dict[str, asyncio.Future[Payload]] = {}
        self._ids = itertools.count(1)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serve during the block, which gets the URL."""
        async with serve(self._serve, "127.0.0.1", 0, subprotocols=["ocpp2.0.1"]) as server:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def call(self, identity: str, action: str, payload: Payload) -> Payload:
        """Send a request to a station and return its answer."""
        message_id = f"csms-{next(self._ids)}"
        answer = self._answers[message_id] = asyncio.get_running_loop().create_future()
        await self._connections[identity].send(json.dumps([2, message_id, action, payload]))
        return await answer

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        identity = connection.request.path.rsplit("/", 1)[-1]
        self._connections[identity] = connection
        with contextlib.suppress(ConnectionClosed):
            async for text in connection:
                kind, message_id, *rest = json.loads(text)
                if kind == 2:
                    self.requests.append((identity, rest[0], rest[1]))
                    await connection.send(json.dumps([3, message_id, self._answer(rest[0], rest[1])]))
                elif kind == 3 and not (answer := self._answers.pop(message_id)).cancelled():
                    answer.set_result(rest[0])

    def _answer(self, action: str, payload: Payload) -> Payload:
        time = now().isoformat(timespec="milliseconds")
        match action:
            case "BootNotification":
                return {"currentTime": time, "interval": 300, "status": "Accepted"}
            case "Heartbeat":
                return {"currentTime": time}
            case "Authorize":
                return {"idTokenInfo": {"status": "Accepted"}}
            case "TransactionEvent" if "idToken" in payload:
                return {"idTokenInfo": {"status": "Accepted"}}
        return {}
