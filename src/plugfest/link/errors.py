"""What can go wrong between two peers. Each error's text is one line that a person can act on.

LinkError
├── CannotListen            the address to listen on is not to be had
├── InvalidTlsSettings      a certificate, a key or a cipher suite that cannot be used
├── InvalidUrl              the address to connect to is none
├── CsmsUnreachable         no connection: the network, or nobody there
├── HandshakeRefused        a connection, and then one side would not have the other
├── ConnectionLost          the connection ended before the answer came
├── CallTimeout             no answer in time
├── CallErrorReceived       the peer answered with a CALLERROR
└── InvalidResult           the peer's answer is not valid OCPP
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class LinkError(Exception):
    """Base of everything that a connection can fail with."""


class CannotListen(LinkError):
    """The server could not open its port."""


class InvalidTlsSettings(LinkError):
    """A certificate, a private key or a cipher suite that OpenSSL cannot use."""


class InvalidUrl(LinkError):
    """A URL that no websocket can be opened to."""


class CsmsUnreachable(LinkError):
    """No connection came about, or it broke before both sides had agreed: try again later."""


class HandshakeFault(StrEnum):
    """Why a handshake was refused, as far as the refused or refusing end can tell."""

    CSMS_CERTIFICATE = "the CSMS's certificate is not valid"
    TLS_VERSION = "no common TLS version"
    CIPHER_SUITE = "no common cipher suite"
    CLIENT_CERTIFICATE = "the CSMS refuses the station's certificate"
    TLS = "the TLS handshake failed"
    HTTP = "the CSMS refuses the connection"
    SUBPROTOCOL = "the CSMS speaks none of the offered OCPP versions"


class HandshakeRefused(LinkError):
    """The TLS or WebSocket handshake failed because one side refused the other.

    `http_status` is the CSMS's answer to the upgrade request, `tls_alert` the alert that the CSMS sent, by its name in
    RFC 8446.
    """

    def __init__(
        self, fault: HandshakeFault, reason: str = "", *, http_status: int | None = None, tls_alert: str | None = None
    ) -> None:
        super().__init__(f"{fault}: {reason}" if reason else str(fault))
        self.fault = fault
        self.reason = reason
        self.http_status = http_status
        self.tls_alert = tls_alert


class ConnectionLost(LinkError):
    """The connection is gone, and with it the answer to this call."""


class CallTimeout(LinkError):
    """The peer did not answer a call in time."""


class CallErrorReceived(LinkError):
    """The peer answered a call with a CALLERROR."""

    def __init__(self, code: str, description: str, details: Mapping[str, Any]) -> None:
        super().__init__(f"{code}: {description}" if description else str(code))
        self.code = code
        self.description = description
        self.details = details


class InvalidResult(LinkError):
    """The peer's CALLRESULT breaks the schema. `error` says where, `text` is the frame."""

    def __init__(self, error: Exception, text: str) -> None:
        super().__init__(f"not a valid answer: {error}")
        self.error = error
        self.text = text
