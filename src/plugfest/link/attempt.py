"""A connection attempt at the CSMS: what the server sees of it, whether or not it becomes a WebSocket."""

import asyncio
import ssl
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import HeaderLineTooLong, InvalidMessage, RequestLineTooLong, TooManyHeaders
from websockets.http11 import Request

from plugfest.link.asyncio_tls import TlsObserver
from plugfest.link.cipher_suites import iana_name
from plugfest.link.client_hello import ClientHello
from plugfest.link.endings import quoted, tcp_end
from plugfest.link.handshake import Handshake, TlsInfo, identity_in
from plugfest.link.websocket import CallbackWebSocket
from plugfest.unknown_clients import UnknownClients

CLIENT: Final = "the client"
"""The other end of a TCP connection: before it is authenticated, it need not be the station."""

_TOO_LARGE: Final[Mapping[type[object], tuple[HTTPStatus, str]]] = {
    RequestLineTooLong: (HTTPStatus.REQUEST_URI_TOO_LONG, "its URL is too long"),
    HeaderLineTooLong: (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "one of its headers is too long"),
    TooManyHeaders: (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "it has too many headers"),
}
"""The answers of `websockets` to a request that is not read to its end, and why."""

_OFFERS: Final[Mapping[str, Callable[[ClientHello], Sequence[str]]]] = {
    "NO_SHARED_CIPHER": lambda hello: [name for name in hello.cipher_suites if not name.endswith("_SCSV")],
    "UNSUPPORTED_PROTOCOL": lambda hello: hello.versions,
}
"""What a client offers that is not accepted, by OpenSSL's reason."""

TOO_MANY: Final = "too many other clients connected before its handshake was finished"
"""Why the CSMS gave up the handshake of a client."""

MAX_OFFERED: Final = 3
"""How many offers of a client are named."""

_TLS_RECORD: Final = b"\x16\x03"
"""The first bytes of a ClientHello."""


@dataclass(frozen=True)
class Attempt:
    """A connection attempt, and how far it came.

    `at` is the loop time of the TCP connection, `client_hello` the TLS offer of the client, `tls` what was agreed,
    `tls_failure` why TLS failed, `handshake` the HTTP upgrade request, `http_status` our answer (101: WebSocket open).
    `failure` is why it did not become a usable WebSocket, in one line; None if it did.
    """

    remote: str
    at: float
    client_hello: ClientHello | None = None
    tls: TlsInfo | None = None
    tls_failure: str | None = None
    handshake: Handshake | None = None
    http_status: int | None = None
    failure: str | None = None


class ObservedConnection(CallbackWebSocket, ServerConnection, TlsObserver):
    """The CSMS end of a WebSocket. It reports its attempt once, after the handshake.

    It is in `open_connections` while its TCP connection is open. `open_timeout`: seconds that the handshakes of TLS and
    of HTTP may take, each.
    """

    peer_name = "the station"

    def __init__(
        self,
        *args: Any,
        on_attempt: Callable[[Attempt], None] | None,
        open_connections: set["ObservedConnection"],
        unknown_clients: UnknownClients,
        open_timeout: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on_attempt = on_attempt
        self._open_timeout = open_timeout
        self._open_connections = open_connections
        self._unknown_clients = unknown_clients
        self._tcp: asyncio.Transport | None = None
        self._client_hello: ClientHello | None = None
        self._tls_failure: str | None = None
        self._tls: TlsInfo | None = None
        self._handshake: Handshake | None = None
        self._received = b""  # the beginning of what the client sent
        self._aborted = ""  # why this end gave up the handshake
        self.remote = ""
        """The address of the client, with its port."""
        self.refusal = ""
        """Why the CSMS refuses the upgrade request."""

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
        self._unknown_clients.discard(self)
        on_attempt, self._on_attempt = self._on_attempt, None
        if on_attempt is not None and self._tcp is not None:
            on_attempt(
                Attempt(
                    remote=self.remote,
                    at=self._opened_at,
                    client_hello=self._client_hello,
                    tls=self._tls,
                    tls_failure=self._tls_failure,
                    handshake=self._handshake,
                    http_status=self._http_status,
                    failure=self._failure(),
                )
            )

    def give_up(self, reason: str) -> None:
        """Close the TCP connection at once, before or during the handshake."""
        if self._tcp is not None:
            self._aborted = reason
            self._tcp.abort()

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        try:
            await super().handshake(*args, **kwargs)
        except asyncio.CancelledError:  # by the timeout of `websockets`
            what = f"{CLIENT} did not finish its HTTP request" if self._received else f"{CLIENT} sent nothing"
            self._aborted = self._aborted or f"{what} within {self._open_timeout:g} s"
            raise

    @property
    def _http_status(self) -> int | None:
        if self.response is not None:
            return self.response.status_code
        too_large = _TOO_LARGE.get(type(self.protocol.handshake_exc))
        return None if too_large is None else too_large[0]

    def _failure(self) -> str | None:
        """Why this attempt did not become a usable WebSocket, in one line."""
        if self._aborted or self._tls_failure is not None:
            return self._aborted or self._tls_failure
        status, error = self._http_status, self.protocol.handshake_exc
        if status == HTTPStatus.SWITCHING_PROTOCOLS:
            return self.refusal or None
        if status is not None:
            _, defect = _TOO_LARGE.get(type(error), (status, quoted(str(error))))
            return f"{self.refusal or f'not a valid upgrade request: {defect}'} (HTTP {status})"
        cause = error.__cause__ if isinstance(error, InvalidMessage) else None
        if cause is not None and not isinstance(cause, EOFError):
            return f"what {CLIENT} sent is not a valid HTTP request: {_without_header(str(cause))}"
        end = tcp_end(self.connection_exc, CLIENT)
        if isinstance(self.connection_exc, ssl.SSLError):
            return end
        return f"{end} {'within its HTTP request' if self._received else 'and sent no HTTP request'}"

    # Callbacks of asyncio, in the order of their calls

    def tcp_opened(self, transport: asyncio.Transport) -> None:
        self._tcp = transport
        peer = transport.get_extra_info("peername")  # None if it is gone already
        self.remote = "{}:{}".format(*peer[:2]) if peer else "an unknown address"
        self._opened_at = self.loop.time()
        self._open_connections.add(self)
        self._unknown_clients.add(self, partial(self.give_up, TOO_MANY))

    def client_hello(self, message: bytes) -> None:
        self._client_hello = ClientHello.parse(message)

    def tls_failed(self, error: BaseException | None) -> None:
        self._tls_failure = self._tls_end(error)
        self._ended()

    def _tls_end(self, error: BaseException | None) -> str:
        match error:
            case ssl.SSLError():
                return tcp_end(error, CLIENT) + self._tls_offer(error.reason)
            case ConnectionAbortedError():  # by the timeout of asyncio
                return f"{CLIENT} did not finish the TLS handshake within {self._open_timeout:g} s"
            case _:
                how = "during the TLS handshake" if self._client_hello else "and began no TLS handshake"
                return f"{tcp_end(error, CLIENT)} {how}"

    def _tls_offer(self, reason: str | None) -> str:
        """What the client offers, if that is why the handshake failed."""
        hello = self._client_hello
        offers = _OFFERS.get(reason or "")
        if hello is None or offers is None:
            return ""
        offered = offers(hello)
        more = f" and {len(offered) - MAX_OFFERED} more" if len(offered) > MAX_OFFERED else ""
        return f"; {CLIENT} offers {quoted(', '.join(offered[:MAX_OFFERED]))}{more}"

    def data_received(self, data: bytes) -> None:
        if self.request is None:
            self._received = (self._received + data)[: len(_TLS_RECORD)]
            if self._tls is None and self._received == _TLS_RECORD:
                self.give_up(f"{CLIENT} began a TLS handshake on a port without TLS")
                return
        super().data_received(data)

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


def _without_header(text: str) -> str:
    """The text of an error without the header that it quotes: that may have a password (A01.FR.12).

    Bytes that are no text are not quoted either: equal attempts have equal reasons.
    """
    return text.partition(":")[0] if "header" in text or not _is_text(text) else quoted(text)


def _is_text(text: str) -> bool:
    return text.isascii() and text.isprintable()


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
