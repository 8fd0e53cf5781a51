"""FTP (RFC 959, RFC 2428), and FTP over TLS: implicit, or explicit with AUTH TLS (RFC 4217) if the server requires it.

Data connections are passive: most firewalls allow them (L01, N01 remarks). TLS on a data connection starts after the
server's preliminary reply and resumes the TLS session of the control connection: many servers require both.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple

from plugfest.transfer.client.progress import Upload
from plugfest.transfer.errors import TransferFailed, TransferFault
from plugfest.transfer.location import Location

_BLOCK: Final = 64 * 1024

_ANONYMOUS: Final = ("anonymous", "anonymous@")

_PORT: Final = re.compile(r"\(\|\|\|([0-9]{1,5})\||[0-9]+,[0-9]+,[0-9]+,[0-9]+,([0-9]{1,3}),([0-9]{1,3})(?![0-9])")
"""The port in the reply to EPSV, or its two bytes in the reply to PASV."""

_LAST_PORT: Final = 0xFFFF

_QUOTED: Final = 200
"""How much of a reply an error quotes, in characters."""

_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
"""The reasons of OpenSSL if the server sends plain text."""

_FAULTS: Final = {
    332: TransferFault.DENIED,
    425: TransferFault.CONNECTION_LOST,
    426: TransferFault.CONNECTION_LOST,
    500: TransferFault.NOT_SUPPORTED,
    501: TransferFault.BAD_MESSAGE,
    502: TransferFault.NOT_SUPPORTED,
    503: TransferFault.BAD_MESSAGE,
    504: TransferFault.NOT_SUPPORTED,
    530: TransferFault.DENIED,
    532: TransferFault.DENIED,
    534: TransferFault.INSECURE,
    550: TransferFault.NOT_FOUND,
    552: TransferFault.TOO_LARGE,
    553: TransferFault.DENIED,
}

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def download(location: Location, tls: ssl.SSLContext) -> AsyncGenerator[bytes, None]:
    """Download with RETR."""
    async with _session(location, tls) as session, session.transfer(f"RETR {path_on_server(location)}") as (reader, _):
        while block := await reader.read(_BLOCK):
            yield block


async def upload(location: Location, tls: ssl.SSLContext, file: Upload) -> None:
    """Upload with STOR, into the folder if `location` is one."""
    async with _session(location, tls) as session:
        path = path_on_server(location)
        if not path or (await session.command(f"CWD {path}")).code == 250:
            path = file.name
        elif location.is_folder:
            raise TransferFailed(TransferFault.NOT_FOUND, f"there is no folder {path}")
        async with session.transfer(f"STOR {path}") as (_, writer):
            async for block in file.blocks():
                writer.write(block)
                await writer.drain()


def path_on_server(location: Location) -> str:
    """The path relative to the login folder of the user; absolute if it begins with %2F (RFC 1738, 3.2.2)."""
    path = location.path[1:]
    return path.rstrip("/") or path[:1]


class _Reply(NamedTuple):
    code: int
    text: str


class _Session:
    """A control connection."""

    def __init__(self, streams: _Streams, host: str, tls: ssl.SSLContext | None) -> None:
        self._reader, self._writer = streams
        self._host = host
        self._tls = tls

    async def command(self, line: str) -> _Reply:
        """Send a command and return the first reply."""
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()
        return await self.reply()

    async def expect(self, command: str, *codes: int) -> _Reply:
        """Send a command. Raises TransferFailed if the first reply has none of these codes."""
        return _expect(await self.command(command), *codes)

    async def reply(self) -> _Reply:
        """The next reply of the server, of one or more lines."""
        first = await self._line()
        code, mark = first[:3], first[3:4]
        if not re.fullmatch("[1-5][0-9][0-9]", code):  # RFC 959, 4.2
            raise TransferFailed(TransferFault.BAD_MESSAGE, f"{first[:_QUOTED]!r} is not an FTP reply")
        line = first
        while mark == "-" and not line.startswith(f"{code} "):
            line = await self._line()
        return _Reply(int(code), line.strip())

    async def _line(self) -> str:
        try:
            line = await self._reader.readline()
        except ValueError:  # longer than the buffer of the reader
            raise TransferFailed(TransferFault.BAD_MESSAGE, "a line of the server does not end") from None
        if not line:
            raise TransferFailed(TransferFault.CONNECTION_LOST)
        return line.decode(errors="replace").rstrip("\r\n")

    async def secure(self) -> None:
        """Start explicit TLS (RFC 4217, 4)."""
        assert self._tls is not None
        await self.expect("AUTH TLS", 234)
        await self._writer.start_tls(self._tls, server_hostname=self._host)

    async def log_in(self, user: str, password: str) -> None:
        if _expect(await self.command(f"USER {user}"), 230, 331).code == 331:
            await self.expect(f"PASS {password}", 230, 202)
        if self._tls is not None:
            await self.expect("PBSZ 0", 200)
            await self.expect("PROT P", 200)
        await self.expect("TYPE I", 200)

    @asynccontextmanager
    async def transfer(self, command: str) -> AsyncIterator[_Streams]:
        """The data connection of one command. The transfer is complete when the block ends without an error."""
        reader, writer = await self._open_data()
        try:
            await self.expect(command, 125, 150)
            if self._tls is not None:
                await writer.start_tls(_resuming(self._tls, self._writer), server_hostname=self._host)
            yield reader, writer
        except BaseException:
            writer.transport.abort()
            raise
        await _close(writer)
        _expect(await self.reply(), 226, 250)

    async def _open_data(self) -> _Streams:
        extended = await self.command("EPSV")
        reply = extended if extended.code == 229 else await self.expect("PASV", 227)
        # The address in the reply to PASV is not used: it is wrong behind NAT, and may be that of another server.
        numbers = _PORT.search(reply.text)
        port, high, low = (int(number or 0) for number in numbers.groups()) if numbers else (0, 0, 0)
        port = port or high * 256 + low
        if not 0 < port <= _LAST_PORT:
            raise TransferFailed(TransferFault.BAD_MESSAGE, f"{reply.text[:_QUOTED]!r} has no port")
        return await asyncio.open_connection(self._host, port)

    async def close(self) -> None:
        with suppress(OSError, TransferFailed):
            await self.command("QUIT")
        await _close(self._writer)

    def abort(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def _session(location: Location, tls: ssl.SSLContext) -> AsyncIterator[_Session]:
    required_tls = tls if location.scheme == "ftps" else None
    streams, secure = await _connect(location, required_tls)
    session = _Session(streams, location.host, required_tls)
    try:
        _expect(await session.reply(), 220)
        if not secure:
            await session.secure()
        user, password = _ANONYMOUS if location.user is None else (location.user, location.password or "")
        await session.log_in(user, password)
        yield session
    except BaseException:
        session.abort()
        raise
    await session.close()


async def _connect(location: Location, tls: ssl.SSLContext | None) -> tuple[_Streams, bool]:
    """The control connection, and whether it needs no AUTH TLS: it has implicit TLS, or no TLS is required."""
    if tls is not None:
        try:
            return await asyncio.open_connection(location.host, location.port, ssl=tls), True
        except ssl.SSLError as error:
            if error.reason not in _NOT_TLS:
                raise
    return await asyncio.open_connection(location.host, location.port), tls is None


def _expect(reply: _Reply, *codes: int) -> _Reply:
    if reply.code not in codes:
        raise TransferFailed(_FAULTS.get(reply.code, TransferFault.FAILED), f"FTP {reply.text[:_QUOTED]}")
    return reply


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):  # errors while closing do not matter
        await writer.wait_closed()


class _ResumingContext(ssl.SSLContext):
    """A context that resumes the TLS session of another connection: asyncio has no argument for it."""

    settings: ssl.SSLContext
    session: ssl.SSLSession | None

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        return self.settings.wrap_bio(*args, **kwargs | {"session": self.session})


def _resuming(tls: ssl.SSLContext, writer: asyncio.StreamWriter) -> ssl.SSLContext:
    context = _ResumingContext(ssl.PROTOCOL_TLS_CLIENT)
    context.settings = tls
    context.session = writer.get_extra_info("ssl_object").session
    return context
