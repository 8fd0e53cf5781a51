"""A connection attempt at the CSMS: what the server sees of it, whether or not it becomes a WebSocket."""

import asyncio
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request

from plugfest.link.asyncio_tls import TlsObserver
from plugfest.link.cipher_suites import iana_name
from plugfest.link.client_hello import ClientHello
from plugfest.link.handshake import Handshake, TlsInfo, identity_in
from plugfest.link.tls_errors import tls_failure
from plugfest.link.websocket import CallbackWebSocket


@dataclass(frozen=True)
class Attempt:
    """A connection attempt, and how far it came.

    `at` is the loop time of the TCP connection, `client_hello` the TLS offer of the client, `tls` what was agreed,
    `tls_failure` why TLS failed, `handshake` the HTTP upgrade request, `http_status` our answer (101: WebSocket open).
    """

    remote: str
    at: float
    client_hello: ClientHello | None = None
    tls: TlsInfo | None = None
    tls_failure: str | None = None
    handshake: Handshake | None = None
    http_status: int | None = None


class ObservedConnection(CallbackWebSocket, ServerConnection, TlsObserver):
    """The CSMS end of a WebSocket. It reports its attempt once, after the handshake.

    It is in `open_connections` while its TCP connection is open.
    """

    def __init__(
        self,
        *args: Any,
        on_attempt: Callable[[Attempt], None] | None,
        open_connections: set["ObservedConnection"],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on_attempt = on_attempt
        self._open_connections = open_connections
        self._tcp: asyncio.Transport | None = None
        self._client_hello: ClientHello | None = None
        self._tls_failure: str | None = None
        self._tls: TlsInfo | None = None
        self._handshake: Handshake | None = None

    @property
    def upgrade(self) -> Handshake:
        """The upgrade request of the station."""
        assert self._handshake is not None
        return self._handshake

    def read_handshake(self, request: Request) -> Handshake:
        """Read and keep the upgrade request of the station."""
        offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
        self._handshake = Handshake(
            identity=identity_in(request.path),
            path=request.path,
            subprotocols=tuple(name.strip() for name in offered.split(",") if name.strip()),
            authorization=", ".join(request.headers.get_all("Authorization")) or None,
            tls=self._tls,
        )
        return self._handshake

    def report(self) -> None:
        """Report this attempt, once."""
        on_attempt, self._on_attempt = self._on_attempt, None
        if on_attempt is not None and self._tcp is not None:
            on_attempt(
                Attempt(
                    remote="{}:{}".format(*self._tcp.get_extra_info("peername")[:2]),
                    at=self._opened_at,
                    client_hello=self._client_hello,
                    tls=self._tls,
                    tls_failure=self._tls_failure,
                    handshake=self._handshake,
                    http_status=None if self.response is None else self.response.status_code,
                )
            )

    def drop(self) -> None:
        """Close the TCP connection at once."""
        if self._tcp is not None:
            self._tcp.abort()

    # Callbacks of asyncio, in the order of their calls

    def tcp_opened(self, transport: asyncio.Transport) -> None:
        self._tcp = transport
        self._opened_at = self.loop.time()
        self._open_connections.add(self)

    def client_hello(self, message: bytes) -> None:
        self._client_hello = ClientHello.parse(message)

    def tls_failed(self, error: BaseException | None) -> None:
        self._tls_failure = tls_failure(error)
        self._ended()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        ssl_object = transport.get_extra_info("ssl_object")
        if ssl_object is None:
            self.tcp_opened(transport)
        else:
            self._tls = _tls_info(ssl_object)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._ended()

    def _ended(self) -> None:
        self.report()
        self._open_connections.discard(self)


def _tls_info(connection: ssl.SSLObject) -> TlsInfo:
    cipher = connection.cipher()
    return TlsInfo(
        version=connection.version() or "",
        cipher_suite="" if cipher is None else iana_name(cipher[0]),
        client_chain=_client_chain(connection),
    )


def _client_chain(connection: ssl.SSLObject) -> tuple[str, ...]:
    """The certificates that the station sent, in PEM. The method is public since Python 3.13."""
    if sys.version_info >= (3, 13):
        return tuple(ssl.DER_cert_to_PEM_cert(der) for der in connection.get_unverified_chain())
    chain = connection._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
    return tuple(certificate.public_bytes() for certificate in chain or ())
