"""What asyncio's TLS lacks for OCPP, put right in a subclass that takes the place of its SSLProtocol.

- The alert. asyncio drops the connection when a handshake fails and leaves OpenSSL's fatal alert in the buffer, so that
  the other end sees a lost network instead of `unknown_ca` or `protocol_version` (cpython gh-98078; mended in later
  Pythons, where the buffer is empty by the time we look, and nothing is sent twice).
- The buffer. 256 KiB a connection is 15 times a TLS record, and too much for thousands of stations in a process.
- A witness. Nobody hears of a handshake that fails on a server; whoever is to be told says so by being a `TlsObserver`.
"""

import asyncio
import ssl
from asyncio import sslproto
from typing import Any

from plugfest.link.client_hello import HelloReader


class TlsObserver(asyncio.Protocol):
    """A server's protocol that wants to hear what happens before its `connection_made`."""

    def tcp_opened(self, transport: asyncio.Transport) -> None:
        """A client has connected; nothing was said yet."""

    def client_hello(self, message: bytes) -> None:
        """The client's first handshake message, complete."""

    def tls_failed(self, error: BaseException | None) -> None:
        """The connection ended before the handshake did. OpenSSL's error, asyncio's, or None if it was just closed."""


class SSLProtocol(sslproto.SSLProtocol):
    """asyncio's, with the additions above."""

    max_size = 16 * 1024  # the largest TLS record (RFC 8446, 5.1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._witness = self._app_protocol if isinstance(self._app_protocol, TlsObserver) else None
        self._hello: HelloReader | None = None if self._witness is None else HelloReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._witness is not None:
            assert isinstance(transport, asyncio.Transport)
            self._witness.tcp_opened(transport)
        super().connection_made(transport)

    def buffer_updated(self, nbytes: int) -> None:
        if self._hello is not None and self._witness is not None:
            message = self._hello.feed(bytes(self._ssl_buffer_view[:nbytes]))  # type: ignore[attr-defined]
            if self._hello.done:
                self._hello = None
            if message is not None:
                self._witness.client_hello(message)
        super().buffer_updated(nbytes)

    def _on_handshake_complete(self, handshake_exc: BaseException | None) -> None:
        if handshake_exc is None:
            self._witness = None
        elif isinstance(handshake_exc, ssl.SSLError):
            self._process_outgoing()  # type: ignore[attr-defined]
        super()._on_handshake_complete(handshake_exc)

    def connection_lost(self, exc: BaseException | None) -> None:
        witness, self._witness = self._witness, None
        if witness is not None:
            witness.tls_failed(exc)
        super().connection_lost(exc)


def install() -> None:
    """Let every TLS connection that asyncio opens from now on be one of ours."""
    sslproto.SSLProtocol = SSLProtocol  # type: ignore[misc]
