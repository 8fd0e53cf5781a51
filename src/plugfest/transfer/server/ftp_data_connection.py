"""The passive data connections of the FTP server, with a port for each transfer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_CONNECT_TIMEOUT: Final = 60.0
"""Seconds within which the client must open the data connection."""


class DataConnection:
    """The next data connection of a control connection."""

    def __init__(self, control: asyncio.StreamWriter) -> None:
        self._host = str(control.get_extra_info("sockname")[0])
        self._client = _host_of_client(control)
        self._server: asyncio.Server | None = None
        self._connected: asyncio.Future[Streams] = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        """Whether a port is open for the client."""
        return self._server is not None

    async def listen(self, tls: ssl.SSLContext | None) -> tuple[str, int]:
        """Open a port. The client may start TLS before or after the preliminary reply."""
        await self.close()
        self._connected = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._connect, self._host, 0, ssl=tls)
        return self._host, self._server.sockets[0].getsockname()[1]

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Streams]:
        """The connection. It is closed normally if the block ends without an error. Raises OSError."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                reader, writer = await self._connected
            yield reader, writer
            writer.close()
            with suppress(ssl.SSLError):
                await writer.wait_closed()
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the port and abort its connection."""
        if not self._connected.cancel() and not self._connected.cancelled():
            self._connected.result()[1].transport.abort()
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await server.wait_closed()

    def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._connected.done() or _host_of_client(writer) != self._client:
            writer.transport.abort()  # a second or late connection, or one of another host
        else:
            self._connected.set_result((reader, writer))


def _host_of_client(writer: asyncio.StreamWriter) -> str:
    """The address of a client without the port; empty if it is gone already."""
    return str((writer.get_extra_info("peername") or ("",))[0])
