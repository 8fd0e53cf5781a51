"""The station's end: open a websocket to a CSMS, or say in one line why not."""

import os
import socket
import ssl
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus, NegotiationError
from websockets.http11 import Response
from websockets.typing import Subprotocol

from plugfest.link.errors import CsmsUnreachable, HandshakeFault, HandshakeRefused, InvalidUrl, LinkError
from plugfest.link.handshake import Credentials, basic, connection_url
from plugfest.link.tls_errors import refused_by_tls
from plugfest.link.websocket import FeedingWebSocket
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.versions import Protocol

LONGEST_EXPLANATION = 200
"""Characters."""


class StationWebSocket(FeedingWebSocket, ClientConnection):
    """A station's end of a websocket."""

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        try:
            await super().handshake(*args, **kwargs)
        except InvalidMessage:
            # Under TLS 1.3 a CSMS sees our certificate only after our half of the handshake: its alert comes later.
            if isinstance(self.connection_exc, ssl.SSLError):
                raise self.connection_exc from None
            raise

    @property
    def server_root(self) -> str | None:
        """The root certificate, in PEM, by which the certificate of the CSMS holds; None where there is no TLS."""
        connection = self.transport.get_extra_info("ssl_object")
        chain = () if connection is None else _verified_chain(connection)
        return chain[-1] if chain else None


def _verified_chain(connection: ssl.SSLObject) -> tuple[str, ...]:
    """From the certificate of the CSMS to the root, in PEM. The method is public since Python 3.13."""
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
) -> StationWebSocket:
    """Connect to the CSMS at `url` as the station `identity`, offering `protocols`, the preferred one first.

    `tls` is needed for a wss URL. Times in seconds, `max_size` in bytes; a `ping_interval` of 0 or None means no pings.

    Raises:
        InvalidUrl: `url` is no address of a CSMS, or its scheme and `tls` do not fit.
        CsmsUnreachable: nobody there, or the network broke.
        HandshakeRefused: somebody there, but one side refused the other; `fault` says over what.
    """
    address = connection_url(url, identity)
    if address.startswith("wss:") != (tls is not None):
        raise InvalidUrl(f"{url} does not fit the security profile: wss:// goes with TLS, ws:// without")
    opening = _Opening(
        address,
        subprotocols=[Subprotocol(protocol.subprotocol) for protocol in protocols],
        additional_headers=None if credentials is None else {"Authorization": basic(credentials)},  # A00.FR.203
        user_agent_header=None,
        compression=None,
        proxy=None,
        ping_interval=ping_interval or None,
        open_timeout=open_timeout,
        max_size=max_size,
        create_connection=StationWebSocket,
        ssl=tls,
    )
    try:
        websocket = await opening
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise _explain(error, address, open_timeout) from error
    assert isinstance(websocket, StationWebSocket)
    if websocket.subprotocol is None:
        # Part 4, 3.2: a CSMS that agrees to none opens the websocket without one and closes it.
        await websocket.close()
        raise _no_version(protocols)
    return websocket


class _Opening(open_websocket):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc  # a station goes where its network profile says, and nowhere else


def _explain(error: Exception, address: str, open_timeout: float) -> LinkError:
    where = urlsplit(address).netloc
    match error:
        case ssl.SSLError():
            return refused_by_tls(error)
        case InvalidStatus():
            status = error.response.status_code
            return HandshakeRefused(HandshakeFault.HTTP, _refusal(error.response), http_status=status)
        case NegotiationError():
            return HandshakeRefused(HandshakeFault.SUBPROTOCOL, str(error))
        case InvalidMessage() if isinstance(error.__cause__, EOFError):
            return CsmsUnreachable(f"{where} closed the connection before it answered")
        case InvalidHandshake():
            return HandshakeRefused(HandshakeFault.HTTP, f"{where} does not speak WebSocket: {error}")
        case TimeoutError():
            return CsmsUnreachable(f"{where} did not answer within {open_timeout:g} s")
        case _:
            return CsmsUnreachable(f"cannot reach {where}: {_network_reason(error)}")


def _refusal(response: Response) -> str:
    """The status, and what the CSMS says about it, if that is one line."""
    status = f"{response.status_code} {response.reason_phrase}"
    said = response.body.decode(errors="replace").strip()
    telling = said and said != response.reason_phrase and len(said) <= LONGEST_EXPLANATION and said.isprintable()
    return f"{status}: {said}" if telling else status


def _network_reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    if isinstance(error, ConnectionError):
        return "it closed the connection during the TLS handshake"
    return "none of its addresses answers"  # asyncio tried several and joins their errors in one long text


def _no_version(protocols: Sequence[Protocol]) -> HandshakeRefused:
    return HandshakeRefused(HandshakeFault.SUBPROTOCOL, ", ".join(protocol.subprotocol for protocol in protocols))
