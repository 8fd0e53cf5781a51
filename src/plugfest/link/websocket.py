"""A WebSocket that passes each message to a callback as it arrives.

`websockets` queues messages for a task that awaits `recv`. Waking that task takes as long as processing the message in
the RPC layer, so a `Peer` uses a callback. Until the callback is set, messages wait in the queue of `websockets`.
"""

import asyncio
from collections.abc import Callable

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event

_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class CallbackWebSocket(Connection):
    """A mixin for the connection classes of `websockets`, client and server."""

    _on_message: Callable[[str | bytes], None] | None = None
    _opcode = Opcode.TEXT
    _closing: asyncio.Task[None] | None = None

    async def set_receiver(self, on_message: Callable[[str | bytes], None]) -> None:
        """Call `on_message` with every message, the queued ones first. `recv` must not be used afterwards.

        A message that is not UTF-8 closes the connection (RFC 6455, 8.1).
        """
        self._parts = bytearray()
        try:
            while len(self.recv_messages.frames):
                on_message(await self.recv())
        except ConnectionClosed:
            return
        self._on_message = on_message

    def process_event(self, event: Event) -> None:
        if self._on_message is None or not isinstance(event, Frame) or event.opcode not in _DATA:
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
        assert self._on_message is not None
        if self._opcode is Opcode.BINARY:
            self._on_message(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._closing = asyncio.create_task(self.close(CloseCode.INVALID_DATA))
            return
        self._on_message(text)
