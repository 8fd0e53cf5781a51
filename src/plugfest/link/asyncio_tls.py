"""A replacement for asyncio's SSLProtocol. It adds what OCPP needs:

- Alerts. When a handshake fails, asyncio closes the connection without sending OpenSSL's fatal alert: the peer sees a
  lost connection instead of `unknown_ca` or `protocol_version` (cpython gh-98078). Later Python versions send it; the
  buffer is then empty, and the alert is not sent twice.
- Memory. asyncio has a buffer of 256 KiB for each connection: too much for thousands of stations in one process. Here
  all connections of a selector event loop share one of 16 KiB. The loop fills it and the connection empties it before
  anything else happens, so that no connection sees what another one received.
- Observation. asyncio does not report a failed handshake to the server's protocol. A `TlsObserver` is informed.
- Truncation. For asyncio a TCP connection that ends without close_notify ends like any other. A `TlsEndpoint` notes it.
"""

import asyncio
import ssl
from asyncio import sslproto
from typing import Any, Final
from weakref import WeakKeyDictionary

from plugfest.link.client_hello import HelloReader


class TlsEndpoint(asyncio.Protocol):
    """A protocol that notes whether its TLS connection ended without close_notify (RFC 8446, 6.1)."""

    tls_truncated = False


class TlsObserver(TlsEndpoint):
    """A server's protocol that is informed of what happens before its `connection_made`."""

    def tcp_opened(self, transport: asyncio.Transport) -> None:
        """A client has opened a TCP connection and sent nothing yet."""

    def client_hello(self, message: bytes) -> None:
        """The first handshake message of the client, complete."""

    def tls_failed(self, error: BaseException | None) -> None:
        """The connection ended before the handshake. `error`: OpenSSL's or asyncio's; None if the client closed it."""


_BUFFERS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, bytearray]] = WeakKeyDictionary()
"""What is received, by event loop."""


class SSLProtocol(sslproto.SSLProtocol):
    """asyncio's SSLProtocol with the additions above."""

    max_size = 16 * 1024  # the largest TLS record (RFC 8446, 5.1)
    _ssl_buffer: bytearray
    _ssl_buffer_view: memoryview

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self._loop, asyncio.SelectorEventLoop):  # others fill the buffer while other connections use it
            self._ssl_buffer = _BUFFERS.setdefault(self._loop, self._ssl_buffer)
            self._ssl_buffer_view = memoryview(self._ssl_buffer)
        self._observer = self._app_protocol if isinstance(self._app_protocol, TlsObserver) else None
        self._hello: HelloReader | None = None if self._observer is None else HelloReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._observer is not None:
            assert isinstance(transport, asyncio.Transport)
            self._observer.tcp_opened(transport)
        super().connection_made(transport)

    def buffer_updated(self, nbytes: int) -> None:
        if self._hello is not None and self._observer is not None:
            message = self._hello.feed(bytes(self._ssl_buffer_view[:nbytes]))
            if self._hello.done:
                self._hello = None
            if message is not None:
                self._observer.client_hello(message)
        super().buffer_updated(nbytes)

    def eof_received(self) -> None:
        state = self._state  # type: ignore[attr-defined]
        if state is sslproto.SSLProtocolState.WRAPPED and isinstance(self._app_protocol, TlsEndpoint):
            self._app_protocol.tls_truncated = True  # after close_notify the state is another one
        return super().eof_received()

    def _on_handshake_complete(self, handshake_exc: BaseException | None) -> None:
        if handshake_exc is None:
            self._observer = None
        elif isinstance(handshake_exc, ssl.SSLError):
            self._process_outgoing()  # type: ignore[attr-defined]
        super()._on_handshake_complete(handshake_exc)

    def connection_lost(self, exc: BaseException | None) -> None:
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.tls_failed(exc)
        super().connection_lost(exc)


def install() -> None:
    """Use this SSLProtocol for every TLS connection that asyncio opens from now on."""
    sslproto.SSLProtocol = SSLProtocol  # type: ignore[misc]
