"""A WebSocket that passes each message to a callback as it arrives, and names how it ended.

`websockets` queues messages for a task that awaits `recv`. Waking that task takes as long as processing the message in
the RPC layer, so a `Peer` uses a callback. Until the callback is set, messages wait in the queue of `websockets`.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event, State

from plugfest.link.asyncio_tls import TlsEndpoint
from plugfest.link.endings import websocket_end

_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class WebSocket(Protocol):
    """What a `Peer` needs of its end of a WebSocket."""

    @property
    def peer_name(self) -> str:
        """What the other end is."""

    @property
    def is_open(self) -> bool:
        """Whether it is neither closing nor closed."""

    @property
    def is_writable(self) -> bool:
        """Whether it is open, and not about to be closed by `drop`."""

    @property
    def end(self) -> str:
        """How the connection ended, in one line; empty while it is open."""

    @property
    def unread_bytes(self) -> int:
        """How many bytes wait because the other end does not read; 0 while it reads."""

    def write(self, text: str) -> None:
        """Send a text message at once; without effect after the end."""

    async def wait_until_read(self) -> None:
        """Wait while the other end does not read."""

    async def set_receiver(self, on_message: Callable[[str | bytes], None]) -> None:
        """Call `on_message` with every message, those that have arrived before first."""

    async def wait_closed(self) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with the closing handshake and wait until it is closed."""

    def drop(self, reason: str) -> None:
        """Close at once, without a closing handshake. `reason` is then its `end`."""

    def set_ping_interval(self, seconds: float | None) -> None:
        """Send pings at this interval from now on; none for 0 or None."""


class CallbackWebSocket(TlsEndpoint, Connection):
    """A mixin for the connection classes of `websockets`, client and server.

    `peer_name`: what the other end is. `on_control_frame` gets the size of each frame that is not the end of a message.
    """

    peer_name: ClassVar[str] = "the other end"
    on_control_frame: Callable[[int], None] | None = None
    _opcode = Opcode.TEXT
    _closing: asyncio.Task[None] | None = None
    _dropped = ""
    _close_timer: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._on_message: Callable[[str | bytes], None] | None = None
        self._parts = bytearray()
        # Instances share the keys of their dictionaries, which saves 1.3 KiB, if the first ones have all of them early.
        # `websockets` sets these two when there is a TCP connection.
        self.transport, self.recv_messages = None, None  # type: ignore[assignment]

    @property
    def end(self) -> str:
        """How the connection ended, in one line; empty while it is open."""
        if self.state is State.OPEN:
            return ""
        return self._dropped or websocket_end(self, self.peer_name, truncated=self.tls_truncated)

    @property
    def is_open(self) -> bool:
        """Whether it is neither closing nor closed."""
        return self.state is State.OPEN

    @property
    def is_writable(self) -> bool:
        """Whether it is open, and not about to be closed by `drop`."""
        return self.state is State.OPEN and not self._dropped

    @property
    def unread_bytes(self) -> int:
        """How many bytes wait because the other end does not read; 0 while it reads."""
        return self.transport.get_write_buffer_size() if self.paused else 0

    def write(self, text: str) -> None:
        """Send a text message at once; without effect after the end."""
        self.write_bytes(text.encode())

    def write_bytes(self, data: bytes) -> None:
        """Send a text message with these bytes, which need not be UTF-8; without effect after the end."""
        if self.is_writable:
            self.protocol.send_text(data)
            self.send_data()

    async def wait_until_read(self) -> None:
        """Wait while the other end does not read."""
        with contextlib.suppress(OSError):  # the connection was lost meanwhile
            if self.paused:
                await self.drain()

    def set_ping_interval(self, seconds: float | None) -> None:
        """Send pings at this interval from now on; none for 0 or None (WebSocketPingInterval, Part 4, 8.4)."""
        if self.keepalive_task is not None:
            self.keepalive_task.cancel()
            self.keepalive_task = None
        self.ping_interval = seconds or None
        if self.is_open:
            self.start_keepalive()

    async def answers_ping(self, within: float) -> bool:
        """Whether the other end answers a ping within so many seconds."""
        try:
            async with asyncio.timeout(within):
                await (await self.ping())
        except (TimeoutError, ConnectionClosed):
            return False
        return True

    def stop_reading(self) -> None:
        """Read nothing from the TCP connection any more: pings and a close frame stay unanswered."""
        self.transport.pause_reading()

    def drop(self, reason: str) -> None:
        """Close the TCP connection at once, without a closing handshake. `reason` is then its `end`."""
        if self.is_writable:
            self._dropped = reason
        self.transport.abort()

    async def set_receiver(self, on_message: Callable[[str | bytes], None]) -> None:
        """Call `on_message` with every message, the queued ones first. `recv` must not be used afterwards.

        A message that is not UTF-8 closes the connection (RFC 6455, 8.1).
        """
        try:
            while len(self.recv_messages.frames):
                on_message(await self.recv())
        except ConnectionClosed:
            return
        self._on_message = on_message

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.close_deadline is not None and self._close_timer is None:
            self._close_timer = self.loop.call_at(self.close_deadline, self._give_up_closing)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._close_timer is not None:
            self._close_timer.cancel()

    def _give_up_closing(self) -> None:
        """Both close frames are sent, or the peer broke the protocol, and it leaves its TCP connection open."""
        self.set_connection_exc(TimeoutError("timed out while closing connection"))
        self.transport.abort()

    def process_event(self, event: Event) -> None:
        if self.on_control_frame is not None and isinstance(event, Frame) and not (event.fin and event.opcode in _DATA):
            self.on_control_frame(len(event.data))
        if self._on_message is None or not isinstance(event, Frame) or event.opcode not in _DATA:
            super().process_event(event)
            return
        if event.opcode is not Opcode.CONT and event.opcode is not self._opcode:
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
