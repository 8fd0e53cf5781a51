"""A websocket that hands over each message as it arrives.

`websockets` keeps messages for a task that awaits `recv`, and waking that task costs as much as all that a session does
with a message. A `Peer` has itself fed instead. Until then, messages wait in the queue of `websockets`.
"""

import asyncio
from collections.abc import Callable

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event

_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class FeedingWebSocket(Connection):
    """To be mixed into a client's or a server's connection."""

    _take: Callable[[str | bytes], None] | None = None
    _opcode = Opcode.TEXT
    _closing: asyncio.Task[None] | None = None

    async def feed(self, take: Callable[[str | bytes], None]) -> None:
        """Hand every message to `take`, those that wait first. `recv` must not be used any more.

        A message that is not UTF-8 closes the connection (RFC 6455, 8.1).
        """
        self._parts = bytearray()
        try:
            while len(self.recv_messages.frames):
                take(await self.recv())
        except ConnectionClosed:
            return
        self._take = take

    def process_event(self, event: Event) -> None:
        if self._take is None or not isinstance(event, Frame) or event.opcode not in _DATA:
            super().process_event(event)
            return
        if event.opcode is not Opcode.CONT:
            self._opcode = event.opcode
        if not event.fin:
            self._parts += event.data
            return
        data = event.data
        if self._parts:
            data, self._parts = self._parts + data, bytearray()
        self._deliver(bytes(data))

    def _deliver(self, data: bytes) -> None:
        assert self._take is not None
        if self._opcode is Opcode.BINARY:
            self._take(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._closing = asyncio.create_task(self.close(CloseCode.INVALID_DATA))
            return
        self._take(text)
