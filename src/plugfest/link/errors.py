"""The errors of a connection. The text of each is one line for the user.

LinkError
├── CannotListen            the server cannot open its port
├── InvalidTlsSettings      a certificate, key or cipher suite that cannot be used
├── InvalidUrl              not the address of a CSMS
├── CsmsUnreachable         no connection, or lost before the handshake was complete
├── HandshakeRefused        the TLS or WebSocket handshake failed
├── ConnectionLost          the connection ended before the answer
├── CallTimeout             no answer in time
├── CallErrorReceived       the peer answered with a CALLERROR
└── InvalidResult           the peer's CALLRESULT is not valid
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class LinkError(Exception):
    """Base of all errors of a connection."""


class CannotListen(LinkError):
    """The server cannot open its port."""


class InvalidTlsSettings(LinkError):
    """A certificate, a private key or a cipher suite that OpenSSL cannot use."""


class InvalidUrl(LinkError):
    """A URL that is not the address of a CSMS."""


class CsmsUnreachable(LinkError):
    """There was no connection, or it was lost before the handshake was complete. Try again later."""


class HandshakeFault(StrEnum):
    """Why a handshake failed, as far as the station can see."""

    CSMS_CERTIFICATE = "the CSMS's certificate is not valid"
    TLS_VERSION = "no common TLS version"
    CIPHER_SUITE = "no common cipher suite"
    CLIENT_CERTIFICATE = "the CSMS refuses the station's certificate"
    TLS = "the TLS handshake failed"
    HTTP = "the CSMS refuses the connection"
    SUBPROTOCOL = "the CSMS accepts none of the offered subprotocols"


class HandshakeRefused(LinkError):
    """The TLS or WebSocket handshake failed because one side refused the other.

    `http_status` is the answer of the CSMS to the upgrade request, `tls_alert` the alert that it sent, by its name in
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
    """The connection ended before the answer to a CALL."""


class CallTimeout(LinkError):
    """The peer did not answer a CALL in time."""


class CallErrorReceived(LinkError):
    """The peer answered a CALL with a CALLERROR."""

    def __init__(self, code: str, description: str, details: Mapping[str, Any], action: str) -> None:
        error = f"CALLERROR {code}: {description}" if description else f"CALLERROR {code}"
        super().__init__(f"the answer to {action} is {error}")
        self.code = code
        self.description = description
        self.details = details


class InvalidResult(LinkError):
    """The peer's CALLRESULT is not valid. `error` names the place, `text` is the frame."""

    def __init__(self, error: Exception, text: str) -> None:
        super().__init__(f"invalid CALLRESULT: {error}")
        self.error = error
        self.text = text
