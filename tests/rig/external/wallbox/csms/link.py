"""One connection to a CSMS, on the package ocpp. The processor of the wallbox is slow: its answers take time."""

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any

import ocpp.messages
import websockets
from ocpp.charge_point import ChargePoint
from ocpp.exceptions import OCPPError, SecurityError
from ocpp.messages import Call
from ocpp.routing import create_route_map
from ocpp.v201 import ChargePoint as ChargePointV201

ocpp.messages.ASYNC_VALIDATION = False

ANSWERS_TAKE = (1.0, 2.5)
"""Seconds: the fastest and the slowest answer."""

MESSAGE_TIMEOUT = 30
"""Seconds for which the wallbox waits for an answer: MessageTimeout[Default]."""


class Lost(Exception):
    """There is no connection to the CSMS, or it was lost before the answer."""


class Link(ChargePointV201):
    """Sends requests, and has `handlers` answer those of the CSMS, unless `refuses` says that it may not ask."""

    def __init__(
        self,
        identity: str,
        connection: websockets.ClientConnection,
        handlers: Iterable[object],
        refuses: Callable[[], bool],
    ) -> None:
        super().__init__(identity, connection, response_timeout=MESSAGE_TIMEOUT)
        for handler in handlers:
            self.route_map.update(create_route_map(handler))
        self._refuses = refuses
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answering: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._random = random.Random(identity)

    async def start(self) -> None:
        """Serve until the connection is lost."""
        try:
            async for message in self._connection:
                await self.route_message(message)
        except websockets.ConnectionClosed:
            pass
        finally:
            self._lost.set_result(None)
            for task in self._answering:
                task.cancel()

    async def _handle_call(self, msg: Call) -> None:
        task = asyncio.create_task(self._answer(msg))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, msg: Call) -> None:
        async with self._turn:
            await asyncio.sleep(self._random.uniform(*ANSWERS_TAKE))
            try:
                if self._refuses():
                    raise SecurityError("not accepted yet")  # B03.FR.08
                await ChargePoint._handle_call(self, msg)
            except OCPPError as error:
                await self._send(msg.create_call_error(error).to_json())

    async def request(self, payload: Any) -> Any:
        """The answer of the CSMS. Raises Lost, OCPPError for a CALLERROR, TimeoutError."""
        calling = asyncio.create_task(self.call(payload, suppress=False))
        try:
            await asyncio.wait({calling, self._lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not calling.done():
                calling.cancel()
        if not calling.done():
            raise Lost
        try:
            return calling.result()
        except websockets.ConnectionClosed:
            raise Lost from None

    async def close(self) -> None:
        await self._connection.close()
