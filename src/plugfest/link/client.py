"""The station's end: open a WebSocket to a CSMS, or raise an error with a one-line reason."""

import asyncio
import ipaddress
import os
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias
from typing import Protocol as Interface
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import (
    InvalidHandshake,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    NegotiationError,
    ProxyError,
)
from websockets.http11 import Response
from websockets.typing import Subprotocol

from plugfest.link.endings import quoted
from plugfest.link.errors import CsmsUnreachable, HandshakeFault, HandshakeRefused, InvalidUrl, LinkError
from plugfest.link.handshake import Credentials, basic, connection_url
from plugfest.link.tls_errors import station_tls_error
from plugfest.link.websocket import CallbackWebSocket, WebSocket
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.versions import Protocol

MAX_REASON_LENGTH = 200
"""The longest text of an HTTP error response that is quoted, in characters."""


_TLS_ALERT: Final = b"\x15\x03"
"""The first bytes of the answer of a port with TLS to a request without."""


class WebSocketToCsms(WebSocket, Interface):
    """The station's end of a WebSocket."""

    @property
    def server_root(self) -> str | None:
        """The root certificate, in PEM, that the certificate of the CSMS was verified with; None without TLS."""


class OpenWebSocket(Interface):
    """`connect`, or what takes its place."""

    async def __call__(
        self,
        url: str,
        identity: str,
        *,
        protocols: Sequence[Protocol],
        credentials: Credentials | None = None,
        tls: ssl.SSLContext | None = None,
        ping_interval: float | None = None,
        open_timeout: float = 30.0,
        max_size: int = DEFAULT_MAX_MESSAGE_SIZE,
        compression: bool = False,
    ) -> WebSocketToCsms: ...


Dial: TypeAlias = Callable[[str, int], Awaitable[socket.socket]]
"""Opens a TCP connection to a host and port. Raises OSError."""


class StationWebSocket(CallbackWebSocket, ClientConnection):
    """The station's end of a WebSocket."""

    peer_name = "the CSMS"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._received = b""  # the beginning of what the CSMS sent

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        try:
            await super().handshake(*args, **kwargs)
        except InvalidMessage:
            # In TLS 1.3 the CSMS checks our certificate after our part of the handshake: its alert arrives later.
            if isinstance(self.connection_exc, ssl.SSLError):
                raise self.connection_exc from None
            if self._received == _TLS_ALERT:
                raise InvalidMessage("it speaks TLS, which needs a wss:// URL") from None
            raise

    def forget_headers(self) -> None:
        """Forget the headers of the handshake. It is complete, and an idle station has no other use for 3 KiB."""
        for message in (self.request, self.response):
            if message is not None:
                message.headers.clear()

    def data_received(self, data: bytes) -> None:
        if self.response is None:
            self._received = (self._received + data)[: len(_TLS_ALERT)]
        super().data_received(data)
        if self.protocol.handshake_exc is not None:
            self.transport.close()  # a server of another protocol may keep the connection open: do not wait for its end

    @property
    def server_root(self) -> str | None:
        """The root certificate, in PEM, that the certificate of the CSMS was verified with; None without TLS."""
        connection = self.transport.get_extra_info("ssl_object")
        chain = () if connection is None else _verified_chain(connection)
        return chain[-1] if chain else None


def _verified_chain(connection: ssl.SSLObject) -> tuple[str, ...]:
    """The certificates from the CSMS to the root, in PEM. The method is public since Python 3.13."""
    if sys.version_info >= (3, 13):
        return tuple(ssl.DER_cert_to_PEM_cert(der) for der in connection.get_verified_chain())
    chain = connection._sslobj.get_verified_chain()  # type: ignore[attr-defined]
    return tuple(certificate.public_bytes() for certificate in chain or ())


async def connect(
    url: str,
    identity: str,
    *,
    protocols: Sequence[Protocol],
    credentials: Credentials | None = None,
    tls: ssl.SSLContext | None = None,
    ping_interval: float | None = None,
    open_timeout: float = 30.0,
    max_size: int = DEFAULT_MAX_MESSAGE_SIZE,
    compression: bool = False,
    dial: Dial | None = None,
    source: str | None = None,
) -> StationWebSocket:
    """Connect to the CSMS at `url` as the station `identity`, offering `protocols`, the preferred one first.

    `tls` is needed for a wss URL. Times in seconds, `max_size` in bytes; a `ping_interval` of 0 or None means no pings.
    `compression`: offer permessage-deflate (RFC 7692). The proxy in the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)
    is used, but not for a CSMS on this computer. `dial` opens the TCP connection instead, without a proxy. `source`:
    the IP address of this computer to connect from, unless `dial` is given.

    Raises:
        InvalidUrl: `url` is not the address of a CSMS, or its scheme does not match `tls`.
        CsmsUnreachable: there was no connection, or it was lost before the handshake was complete.
        HandshakeRefused: the TLS or WebSocket handshake failed; `fault` is the reason.
    """
    address = connection_url(url, identity)
    if address.startswith("wss:") != (tls is not None):
        raise InvalidUrl(f"{url} does not match the security profile: use wss:// with TLS, ws:// without")
    try:
        websocket = await _OpenWithoutRedirects(
            address,
            subprotocols=[Subprotocol(protocol.subprotocol) for protocol in protocols],
            additional_headers=None if credentials is None else {"Authorization": basic(credentials)},  # A00.FR.203
            user_agent_header=None,
            compression="deflate" if compression else None,
            proxy=None if dial is not None or is_this_computer(urlsplit(address).hostname or "") else True,
            ping_interval=ping_interval or None,
            open_timeout=open_timeout,
            max_size=max_size,
            create_connection=StationWebSocket,
            ssl=tls,
            local_addr=None if source is None or dial is not None else (source, 0),
            **await _dialled(dial, address, open_timeout),
        )
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise _link_error(error, address, open_timeout) from error
    assert isinstance(websocket, StationWebSocket)
    websocket.forget_headers()
    if websocket.subprotocol is None:
        # Part 4, 3.2: a CSMS without a common subprotocol opens the WebSocket without one, then closes it.
        await websocket.close()
        raise _no_common_version(protocols)
    return websocket


async def _dialled(dial: Dial | None, address: str, within: float) -> dict[str, Any]:
    """The options of `websockets` for a TCP connection that `dial` opens; none without it."""
    if dial is None:
        return {}
    parts = urlsplit(address)
    async with asyncio.timeout(within):
        return {"sock": await dial(parts.hostname or "", parts.port or (443 if parts.scheme == "wss" else 80))}


def is_this_computer(host: str) -> bool:
    """Whether the host is a loopback address, or the name of one."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class _OpenWithoutRedirects(open_websocket):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc  # a station connects only to the URL of its network profile


def _link_error(error: Exception, address: str, open_timeout: float) -> LinkError:
    where = urlsplit(address).netloc
    match error:
        case ssl.SSLError():
            return station_tls_error(error)
        case InvalidStatus():
            status = error.response.status_code
            return HandshakeRefused(HandshakeFault.HTTP, _http_reason(error.response), http_status=status)
        case NegotiationError() if "extension" in str(error):
            reason = f"{where} uses a WebSocket extension that the station did not offer (RFC 6455, 4.1)"
            return HandshakeRefused(HandshakeFault.HTTP, reason)
        case NegotiationError():
            return HandshakeRefused(HandshakeFault.SUBPROTOCOL, str(error))
        case InvalidMessage() if isinstance(error.__cause__, EOFError):
            return CsmsUnreachable(f"{where} closed the connection before it answered")
        case InvalidProxy() | ProxyError():
            return CsmsUnreachable(f"the proxy does not connect to {where}: {error}")
        case InvalidHandshake():
            cause = f": {quoted(str(error.__cause__))}" if isinstance(error, InvalidMessage) and error.__cause__ else ""
            return HandshakeRefused(HandshakeFault.HTTP, f"{where} is not a WebSocket server: {error}{cause}")
        case TimeoutError():
            return CsmsUnreachable(f"{where} did not answer within {open_timeout:g} s")
        case _:
            return CsmsUnreachable(f"cannot reach {where}: {_network_reason(error)}")


def _http_reason(response: Response) -> str:
    """The HTTP status, where a redirection leads, and the body of the response if it is one short line."""
    location = response.headers.get("Location")
    status = f"{response.status_code} {response.reason_phrase}{f' to {quoted(location)}' if location else ''}"
    body = response.body.decode(errors="replace").strip()
    is_one_line = body and len(body) <= MAX_REASON_LENGTH and body.isprintable()
    return f"{status}: {body}" if is_one_line and body != response.reason_phrase else status


def _network_reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    if isinstance(error, ConnectionError):
        return "it closed the connection during the TLS handshake"
    return "none of its addresses answers"  # asyncio joins the errors of all addresses in one long text


def _no_common_version(protocols: Sequence[Protocol]) -> HandshakeRefused:
    return HandshakeRefused(HandshakeFault.SUBPROTOCOL, ", ".join(protocol.subprotocol for protocol in protocols))
