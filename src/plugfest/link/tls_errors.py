"""Translates the errors of OpenSSL for a failed TLS handshake into the faults of OCPP."""

import re
import ssl
from typing import Final

from plugfest.link.errors import HandshakeFault, HandshakeRefused

_ALERT: Final = re.compile(r"^(?:SSLV3|TLSV1|TLSV13)_ALERT_(?P<name>\w+)$")

# The faults by OpenSSL's reason or by the alert from the peer. Any other reason is HandshakeFault.TLS.
_FAULTS: Final = {
    HandshakeFault.TLS_VERSION: {
        "UNSUPPORTED_PROTOCOL",
        "NO_PROTOCOLS_AVAILABLE",
        "VERSION_TOO_LOW",
        "PROTOCOL_VERSION",
    },
    HandshakeFault.CIPHER_SUITE: {
        "NO_SHARED_CIPHER",
        "NO_CIPHERS_AVAILABLE",
        "WRONG_CIPHER_RETURNED",
        "UNKNOWN_CIPHER_RETURNED",
        "HANDSHAKE_FAILURE",
        "INSUFFICIENT_SECURITY",
    },
    HandshakeFault.CLIENT_CERTIFICATE: {
        "BAD_CERTIFICATE",
        "UNSUPPORTED_CERTIFICATE",
        "CERTIFICATE_REVOKED",
        "CERTIFICATE_EXPIRED",
        "CERTIFICATE_UNKNOWN",
        "CERTIFICATE_REQUIRED",
        "UNKNOWN_CA",
        "ACCESS_DENIED",
    },
}
_FAULT_OF: Final = {reason: fault for fault, reasons in _FAULTS.items() for reason in reasons}


def station_tls_error(error: ssl.SSLError) -> HandshakeRefused:
    """Why the TLS handshake failed, as seen by the station."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return HandshakeRefused(HandshakeFault.CSMS_CERTIFICATE, error.verify_message)  # A00.FR.310, A00.FR.413
    reason = error.reason or "closed"
    alert = _ALERT.match(reason)
    if alert is None:
        return HandshakeRefused(_FAULT_OF.get(reason, HandshakeFault.TLS), _in_words(reason))
    name = alert["name"]
    return HandshakeRefused(
        _FAULT_OF.get(name, HandshakeFault.TLS), f"the CSMS sent the alert {_in_words(name)}", tls_alert=name.lower()
    )


def tls_failure(error: BaseException | None) -> str:
    """Why the TLS handshake failed, as seen by the CSMS, in one line."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the station's certificate is not valid: {error.verify_message}"
        case ssl.SSLError(reason=str(reason)):
            alert = _ALERT.match(reason)
            return f"the station sent the alert {_in_words(alert['name'])}" if alert else _in_words(reason)
        case None | ConnectionResetError():
            return "the station closed the connection"
        case _:
            return str(error)


def _in_words(reason: str) -> str:
    return reason.lower().replace("_", " ")
