"""FTP (RFC 959, RFC 2428), and FTPS in both ways on one port: TLS from the first byte on, and AUTH TLS (RFC 4217)."""

import asyncio
import socket
import ssl
from typing import Final

from plugfest.transfer.server.base import StreamServer
from plugfest.transfer.server.ftp_session import FtpSession

_SPEAKS_FIRST: Final = 1.0
"""Seconds within which a client that begins with TLS has said something."""

_TLS_HANDSHAKE: Final = b"\x16"


class FtpServer(StreamServer):
    """Passive and active transfers."""

    schemes = ("ftp", "ftps")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await FtpSession(self.documents, self.scheme, self._tls, reader, writer).run()

    async def _tls_from_the_start(self, connected: socket.socket) -> ssl.SSLContext | None:
        """A client that wants TLS from the first byte on speaks first; one that wants AUTH waits for our greeting."""
        if self._tls is None:
            return None
        loop = asyncio.get_running_loop()
        spoken = asyncio.Event()
        loop.add_reader(connected, spoken.set)
        try:
            async with asyncio.timeout(_SPEAKS_FIRST):
                await spoken.wait()
        except TimeoutError:
            return None
        finally:
            loop.remove_reader(connected)
        return self._tls if connected.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE else None
