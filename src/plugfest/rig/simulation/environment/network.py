"""A network in memory: the station's end of a WebSocket, with the delays and the losses of a bad network."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Protocol as Interface

from plugfest.link.errors import CsmsUnreachable, HandshakeFault, HandshakeRefused
from plugfest.link.handshake import Credentials
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.versions import Protocol

DELAY = 0.05
"""Seconds that a message takes in a good network."""

PONG_TIMEOUT = 20.0
"""Seconds until a missing pong ends the connection, as in `link`."""

TCP_TIMEOUT = 120.0
"""Seconds without any acknowledgement after which TCP gives up."""

CLOSE_TIMEOUT = 10.0


class FarEnd(Interface):
    """The CSMS's end of a connection."""

    def receive(self, text: str) -> None: ...

    def lost(self) -> None: ...


class MemoryWebSocket:
    """The station's end of a WebSocket whose other end is in the same process (`link.client.WebSocketToCsms`)."""

    peer_name = "the CSMS"
    server_root = None
    unread_bytes = 0

    def __init__(self, network: "Network", ping_interval: float | None) -> None:
        self.is_open = True
        self.end = ""
        self.far_end: FarEnd | None = None
        self._network = network
        self._loop = asyncio.get_running_loop()
        self._ping_interval = ping_interval
        self._receiver: Callable[[str | bytes], None] | None = None
        self._arrived: list[str] = []
        self._closed = asyncio.Event()
        self._last_sent = self._last_received = 0.0

    @property
    def is_writable(self) -> bool:
        """A connection that is dropped is closed at once."""
        return self.is_open

    def write(self, text: str) -> None:
        if self.is_open and self.far_end is not None:
            self._last_sent = max(self._network.arrival(), self._last_sent)
            self._loop.call_at(self._last_sent, self._to_far_end, text)

    def deliver_later(self, text: str) -> None:
        """A message of the other end sets out."""
        self._last_received = max(self._network.arrival(), self._last_received)
        self._loop.call_at(self._last_received, self._to_station, text)

    async def wait_until_read(self) -> None:
        pass

    async def set_receiver(self, on_message: Callable[[str | bytes], None]) -> None:
        self._receiver = on_message
        arrived, self._arrived = self._arrived, []
        for text in arrived:
            on_message(text)

    async def wait_closed(self) -> None:
        await self._closed.wait()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self.is_open:
            self.is_open = False
            self.end = "the station closed the WebSocket"
            self._loop.call_at(self._network.arrival(), self._notify_far_end)
            answer = min(self._network.arrival() + self._network.delay, self._loop.time() + CLOSE_TIMEOUT)
            self._loop.call_at(answer, self._finish)
        await self._closed.wait()

    def drop(self, reason: str) -> None:
        if self.is_open:
            self.end = reason
            self._loop.call_at(self._network.arrival(), self._notify_far_end)
        self._finish()

    def set_ping_interval(self, seconds: float | None) -> None:
        self._ping_interval = seconds or None

    def close_by_far_end(self) -> None:
        """The other end closes the connection; the station notices it when the network lets it."""
        self._loop.call_at(self._network.arrival(), self._end, "the CSMS closed the TCP connection")

    def go_silent(self, seconds: float) -> None:
        """Nothing gets through for so long: a missing pong or TCP itself may end the connection."""
        least_silence = TCP_TIMEOUT if self._ping_interval is None else self._ping_interval + PONG_TIMEOUT
        if seconds > least_silence:
            self._loop.call_later(least_silence, self._end, "the CSMS did not answer a ping")

    def _to_far_end(self, text: str) -> None:
        if self.far_end is not None:
            self.far_end.receive(text)

    def _to_station(self, text: str) -> None:
        if not self.is_open:
            return
        if self._receiver is None:
            self._arrived.append(text)
        else:
            self._receiver(text)

    def _notify_far_end(self) -> None:
        far_end, self.far_end = self.far_end, None
        if far_end is not None:
            far_end.lost()

    def _end(self, reason: str) -> None:
        if self.is_open:
            self.end = reason
            self._notify_far_end()
            self._finish()

    def _finish(self) -> None:
        self.is_open = False
        self._closed.set()


class Network:
    """Connects the station to the CSMS. `accept` gives the far end of a new connection."""

    def __init__(self, accept: Callable[[MemoryWebSocket], FarEnd]) -> None:
        self._accept = accept
        self._silent_until = 0.0
        self._current: MemoryWebSocket | None = None
        self.delay = DELAY
        self.refusal: int | None = None
        """The HTTP status with which connections are refused, 0: nothing listens; None: they are accepted."""

    def arrival(self) -> float:
        """When a message that sets out now arrives."""
        return max(asyncio.get_running_loop().time(), self._silent_until) + self.delay

    def silence(self, seconds: float) -> None:
        """Nothing gets through for so long."""
        self._silent_until = max(self._silent_until, asyncio.get_running_loop().time() + seconds)
        if self._current is not None:
            self._current.go_silent(seconds)

    def cut(self) -> None:
        """The connection breaks."""
        if self._current is not None:
            self._current.close_by_far_end()

    async def connect(
        self,
        url: str,
        identity: str,
        *,
        protocols: Sequence[Protocol],
        credentials: Credentials | None = None,
        tls: ssl.SSLContext | None = None,
        ping_interval: float | None = None,
        open_timeout: float = 30.0,
        max_size: int = DEFAULT_MAX_MESSAGE_SIZE,
        compression: bool = False,
    ) -> MemoryWebSocket:
        """As `link.client.connect`."""
        seconds = self.arrival() - asyncio.get_running_loop().time() + self.delay
        if seconds > open_timeout:
            await asyncio.sleep(open_timeout)
            raise CsmsUnreachable(f"the CSMS did not answer within {open_timeout:g} s")
        await asyncio.sleep(seconds)
        if self.refusal == 0:
            raise CsmsUnreachable("cannot reach the CSMS: Connection refused")
        if self.refusal is not None:
            raise HandshakeRefused(HandshakeFault.HTTP, f"HTTP status {self.refusal}", http_status=self.refusal)
        websocket = self._current = MemoryWebSocket(self, ping_interval)
        websocket.far_end = self._accept(websocket)
        return websocket
