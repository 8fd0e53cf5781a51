"""FTP (RFC 959, RFC 2428), and FTPS with implicit TLS and AUTH TLS (RFC 4217) on the same port."""

import asyncio
import socket
import ssl
from typing import Final

from plugfest.transfer.server.base import StreamServer
from plugfest.transfer.server.ftp_session import FtpSession

_CLIENT_HELLO_TIMEOUT: Final = 1.0
"""Seconds within which a client with implicit TLS sends its ClientHello."""

_TLS_HANDSHAKE: Final = b"\x16"


class FtpServer(StreamServer):
    """Serves FTP with passive data connections."""

    schemes = ("ftp", "ftps")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await FtpSession(self.documents, self.scheme, self._tls, reader, writer, self._authenticated).run()

    async def _implicit_tls(self, connected: socket.socket) -> ssl.SSLContext | None:
        """A client with implicit TLS sends first; a client with AUTH TLS waits for our greeting."""
        if self._tls is None:
            return None
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(connected, readable.set)
        try:
            async with asyncio.timeout(_CLIENT_HELLO_TIMEOUT):
                await readable.wait()
        except TimeoutError:
            return None
        finally:
            loop.remove_reader(connected)
        return self._tls if connected.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE else None
