"""A WebSocket of a station with transport faults."""

import asyncio
from collections.abc import Callable

from plugfest.link.client import StationWebSocket
from plugfest.rig.misbehaviour.lane import Lane
from plugfest.rig.misbehaviour.transmission import End, Faults, Text, Transmission

Notice = Callable[[str], None]
"""Is called with a line for each fault that happens."""


class FaultyWebSocket:
    """A WebSocket to the CSMS (`link.client.WebSocketToCsms`) whose frames pass through the faults.

    `on_half_open`: is called with the WebSocket that the station does not use any more and leaves open.
    """

    def __init__(
        self,
        inner: StationWebSocket,
        faults: Faults,
        notice: Notice,
        on_half_open: Callable[[StationWebSocket], None],
    ) -> None:
        self._inner = inner
        self._faults = faults
        self._notice = notice
        self._on_half_open = on_half_open
        self._outgoing = Lane(self._send)
        self._incoming = Lane(self._receive)
        self._on_message: Callable[[Text], None] | None = None
        self._silent = False
        self._left = asyncio.Event()
        self._end = ""
        self._silence: asyncio.TimerHandle | None = None

    @property
    def peer_name(self) -> str:
        """What the other end is."""
        return self._inner.peer_name

    @property
    def server_root(self) -> str | None:
        """The root certificate, in PEM, that the certificate of the CSMS was verified with; None without TLS."""
        return self._inner.server_root

    @property
    def is_open(self) -> bool:
        """Whether it is neither closing nor closed, as far as the station knows."""
        return self._inner.is_open and not self._left.is_set()

    @property
    def is_writable(self) -> bool:
        """Whether it is open, and not about to be closed by `drop`, as far as the station knows."""
        return self._inner.is_writable and not self._left.is_set()

    @property
    def end(self) -> str:
        """How the connection ended, in one line; empty while it is open."""
        return self._end or self._inner.end

    @property
    def unread_bytes(self) -> int:
        """How many bytes wait because the other end does not read; 0 while it reads."""
        return self._inner.unread_bytes

    def write(self, text: str) -> None:
        """Send a text message, as the faults permit."""
        if not self._silent and self.is_writable:
            self._outgoing.take(self._decided(text, sent=True))

    async def wait_until_read(self) -> None:
        """Wait while the other end does not read."""
        if not self._silent:
            await self._inner.wait_until_read()

    async def set_receiver(self, on_message: Callable[[Text], None]) -> None:
        """Call `on_message` with every message that the faults let pass."""
        self._on_message = on_message
        await self._inner.set_receiver(lambda text: self._incoming.take(self._decided(text, sent=False)))

    async def wait_closed(self) -> None:
        """Wait until the connection is closed, or the station has left it."""
        closed, left = asyncio.ensure_future(self._inner.wait_closed()), asyncio.ensure_future(self._left.wait())
        try:
            await asyncio.wait((closed, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            closed.cancel()
            left.cancel()
            self._stop()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with the closing handshake; frames that are late arrive before."""
        if self._silent:
            self._leave("closed while half open")
            return
        self._outgoing.flush()
        await self._inner.close(code, reason)

    def drop(self, reason: str) -> None:
        """Close at once, without a closing handshake. Half open it remains open for the CSMS."""
        if self._silent:
            self._leave(reason)
            return
        self._stop()
        self._inner.drop(reason)

    def set_ping_interval(self, seconds: float | None) -> None:
        """Send pings at this interval from now on; none for 0 or None."""
        if not self._silent:
            self._inner.set_ping_interval(seconds)

    def _decided(self, text: Text, *, sent: bool) -> Transmission:
        transmission = self._faults.transmission(text, sent=sent)
        for note in transmission.notes:
            self._notice(note)
        return transmission

    def _send(self, transmission: Transmission) -> None:
        for text in transmission.texts:
            if isinstance(text, str):
                self._inner.write(text)
            else:
                self._inner.write_bytes(text)
        self._finish(transmission)

    def _receive(self, transmission: Transmission) -> None:
        for text in transmission.texts:
            if self._on_message is not None and not self._silent:
                self._on_message(text)
        self._finish(transmission)

    def _finish(self, transmission: Transmission) -> None:
        if transmission.end is End.HANG_UP:
            self.drop("hang-up: the misbehaving station dropped it")
        elif transmission.end is End.HALF_OPEN and not self._silent:
            self._fall_silent(transmission.silence)

    def _fall_silent(self, seconds: float) -> None:
        """Neither read nor write any more: pings stay without a pong, and a close frame without an answer."""
        self._silent = True
        self._stop()
        self._inner.set_ping_interval(None)
        self._inner.stop_reading()
        self._on_half_open(self._inner)
        end = "half-open: the misbehaving station left it open"
        self._silence = asyncio.get_running_loop().call_later(seconds, self._leave, end)

    def _leave(self, end: str) -> None:
        self._end = self._end or end
        self._left.set()
        if self._silence is not None:
            self._silence.cancel()

    def _stop(self) -> None:
        self._outgoing.clear()
        self._incoming.clear()
