"""Clients that write bytes to a CSMS: what a WebSocket library would not send."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable

from tests.link.endpoints import HOST, STATION, Csms, accept_all, running_csms

from plugfest import clock
from plugfest.link.handshake import Admission, Handshake
from plugfest.link.server import Attempt

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SUBPROTOCOL = "Sec-WebSocket-Protocol: ocpp2.0.1"
HEADERS = (
    "Host: csms",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version: 13",
)
UPGRADE = (*HEADERS, SUBPROTOCOL)


def request(*headers: str, line: str = f"GET /ocpp/{STATION} HTTP/1.1") -> bytes:
    return "".join(f"{one}\r\n" for one in (line, *headers, "")).encode("latin-1")


def frame(first: int, payload: bytes = b"", *, masked: bool = True, length: bytes | None = None) -> bytes:
    """A frame with these first bits; the mask is zero, so that the payload stays as it is."""
    size = length or (bytes([len(payload)]) if len(payload) < 126 else bytes([126]) + struct.pack("!H", len(payload)))
    mask = bytes([size[0] | 0x80]) + size[1:] + bytes(4) if masked else size
    return bytes([first]) + mask + payload


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(0x88, struct.pack("!H", code) + reason)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def sends(data: bytes, *, then: Client | None = None) -> Client:
    """Sends these bytes, and keeps the connection open until the CSMS closes it, or does `then`."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        await (then or until_closed)(reader, writer)

    return client


def after_upgrade(data: bytes = b"", *, then: Client | None = None, headers: tuple[str, ...] = UPGRADE) -> Client:
    """Opens a WebSocket, and then the same as `sends`."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(request(*headers))
        await read_head(reader)
        await sends(data, then=then)(reader, writer)

    return client


async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def closes(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def drops(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The end of the TCP connection without close_notify of TLS."""
    await asyncio.sleep(0.1)
    writer.transport.abort()


async def resets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A TCP RST."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await asyncio.sleep(0.1)
    writer.transport.abort()


async def stays(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never closes its TCP connection."""
    await asyncio.sleep(1000)
    writer.close()


def outcome(
    client: Client,
    *,
    use: Callable[[Csms], Awaitable[None]] | None = None,
    client_tls: ssl.SSLContext | None = None,
    admit: Callable[[Handshake], Admission] = accept_all,
    **options: object,
) -> tuple[Attempt, str]:
    """The attempt of this client, and how its WebSocket ended: empty if it had none. `use`: what the CSMS does."""

    async def main() -> tuple[Attempt, str]:
        async with running_csms(admit=admit, **options) as csms:
            task = asyncio.create_task(connect_and_run(csms.server.port))
            attempt = await csms.attempt()
            if use is not None:
                await use(csms)
            if attempt.failure is None:
                await (await csms.peer())._websocket.wait_closed()
            ended = csms.peers[-1].end if csms.peers else ""
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return attempt, ended

    async def connect_and_run(port: int) -> None:
        reader, writer = await asyncio.open_connection(HOST, port, ssl=client_tls)
        try:
            await client(reader, writer)
        finally:
            writer.transport.abort()

    return clock.run_simulated(main())
