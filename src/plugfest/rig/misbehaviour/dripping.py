"""A TCP connection whose first bytes are sent in drips: a slow TLS handshake."""

import asyncio
import contextlib
import socket
from typing import Final

DRIPS: Final = 10
"""Into how many parts the first bytes are divided."""

CHUNK: Final = 64 * 1024

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class DrippingDialer:
    """Opens TCP connections whose first bytes to the server take `seconds`; everything else passes as it comes.

    The bytes pass through a task of its own, between the server and a pair of sockets, because TLS of asyncio writes to
    its socket directly.
    """

    def __init__(self) -> None:
        self._relays: set[asyncio.Task[None]] = set()

    async def dial(self, host: str, port: int, seconds: float) -> socket.socket:
        """A socket connected to the server. Raises OSError."""
        server = await asyncio.open_connection(host, port)
        ours, other = socket.socketpair()
        ours.setblocking(False)
        station = await asyncio.open_connection(sock=other)
        relay = asyncio.create_task(_relay(station, server, seconds), name="slow TLS")
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)
        return ours

    def close(self) -> None:
        """End every connection."""
        for relay in self._relays:
            relay.cancel()


async def _relay(station: _Streams, server: _Streams, seconds: float) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pump(station[0], server[1], seconds))
            tasks.create_task(_pump(server[0], station[1]))
    finally:
        station[1].close()
        server[1].close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float = 0.0) -> None:
    """Pass bytes on until the end, the first ones in drips; then pass the end on."""
    with contextlib.suppress(OSError):
        first = await reader.read(CHUNK)
        size = max(-(-len(first) // DRIPS), 1) if seconds else CHUNK
        for at in range(0, len(first), size):
            await _write(writer, first[at : at + size])
            await asyncio.sleep(seconds / DRIPS)
        while data := await reader.read(CHUNK):
            await _write(writer, data)
    with contextlib.suppress(OSError):
        writer.write_eof()


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
