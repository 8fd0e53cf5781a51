"""One TCP connection to a CSMS: what is seen of it, whether it comes to a websocket or not."""

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
from plugfest.link.websocket import FeedingWebSocket


@dataclass(frozen=True)
class Attempt:
    """How far somebody came who tried to connect.

    `at` is the loop time of the TCP connection, `client_hello` what TLS was offered, `tls` what was agreed on,
    `tls_failure` why nothing was, `handshake` the upgrade request, `http_status` our answer: 101 is an open websocket.
    """

    remote: str
    at: float
    client_hello: ClientHello | None = None
    tls: TlsInfo | None = None
    tls_failure: str | None = None
    handshake: Handshake | None = None
    http_status: int | None = None


class ObservedConnection(FeedingWebSocket, ServerConnection, TlsObserver):
    """A websocket that reports once, when its handshake is over, and is in `present` for as long as TCP is open."""

    def __init__(
        self,
        *args: Any,
        on_attempt: Callable[[Attempt], None] | None,
        present: set["ObservedConnection"],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on_attempt = on_attempt
        self._present = present
        self._tcp: asyncio.Transport | None = None
        self._client_hello: ClientHello | None = None
        self._tls_failure: str | None = None
        self._tls: TlsInfo | None = None
        self._handshake: Handshake | None = None

    @property
    def upgrade(self) -> Handshake:
        """The upgrade request that was examined."""
        assert self._handshake is not None
        return self._handshake

    def examine(self, request: Request) -> Handshake:
        """Keep and return what the station says in its upgrade request."""
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
        """Tell what became of this attempt, unless that was told before."""
        tell, self._on_attempt = self._on_attempt, None
        if tell is not None and self._tcp is not None:
            tell(
                Attempt(
                    remote="{}:{}".format(*self._tcp.get_extra_info("peername")[:2]),
                    at=self._since,
                    client_hello=self._client_hello,
                    tls=self._tls,
                    tls_failure=self._tls_failure,
                    handshake=self._handshake,
                    http_status=None if self.response is None else self.response.status_code,
                )
            )

    def drop(self) -> None:
        """Close TCP at once."""
        if self._tcp is not None:
            self._tcp.abort()

    # What asyncio tells, in this order

    def tcp_opened(self, transport: asyncio.Transport) -> None:
        self._tcp = transport
        self._since = self.loop.time()
        self._present.add(self)

    def client_hello(self, message: bytes) -> None:
        self._client_hello = ClientHello.parse(message)

    def tls_failed(self, error: BaseException | None) -> None:
        self._tls_failure = tls_failure(error)
        self._gone()

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
        self._gone()

    def _gone(self) -> None:
        self.report()
        self._present.discard(self)


def _tls_info(connection: ssl.SSLObject) -> TlsInfo:
    cipher = connection.cipher()
    return TlsInfo(
        version=connection.version() or "",
        cipher_suite="" if cipher is None else iana_name(cipher[0]),
        client_chain=_client_chain(connection),
    )


def _client_chain(connection: ssl.SSLObject) -> tuple[str, ...]:
    """What the station sent, in PEM. The method is public since Python 3.13."""
    if sys.version_info >= (3, 13):
        return tuple(ssl.DER_cert_to_PEM_cert(der) for der in connection.get_unverified_chain())
    chain = connection._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
    return tuple(certificate.public_bytes() for certificate in chain or ())
