"""Translates the errors of OpenSSL for a failed TLS handshake into plain words, and into the faults of OCPP."""

import re
import ssl
from typing import Final

from plugfest.link.errors import HandshakeFault, HandshakeRefused

_ALERT: Final = re.compile(r"^(?:(?:SSLV3|TLSV1|TLSV13)_ALERT|TLSV1)_(?P<name>\w+)$")

_TEXT: Final = re.compile(r"^\[SSL\] (?P<reason>[\w ]+) \(_ssl")

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

_ALERTS: Final = {
    "UNKNOWN_CA": "it does not trust the issuer of the certificate",
    "BAD_CERTIFICATE": "it finds the certificate not valid",
    "UNSUPPORTED_CERTIFICATE": "it does not support this kind of certificate",
    "CERTIFICATE_EXPIRED": "it finds the certificate expired or not valid yet",
    "CERTIFICATE_REVOKED": "it finds the certificate revoked",
    "CERTIFICATE_UNKNOWN": "it does not accept the certificate",
    "CERTIFICATE_REQUIRED": "it requires a certificate",
    "HANDSHAKE_FAILURE": "there is no common cipher suite or parameter",
    "INSUFFICIENT_SECURITY": "it requires stronger cipher suites",
    "PROTOCOL_VERSION": "there is no common TLS version",
    "UNRECOGNIZED_NAME": "it does not know the host name",
    "DECRYPT_ERROR": "it cannot verify a signature",
}
"""What an alert means (RFC 8446, 6.2), where its name is not clear."""

_REASONS: Final = {
    "HTTP_REQUEST": "{peer} sent an HTTP request without TLS",
    "HTTPS_PROXY_REQUEST": "{peer} sent a proxy request without TLS",
    "WRONG_VERSION_NUMBER": "what {peer} sent is not TLS",
    "UNKNOWN_PROTOCOL": "what {peer} sent is not TLS",
    "PACKET_LENGTH_TOO_LONG": "what {peer} sent is not TLS",
    "BAD_RECORD_TYPE": "what {peer} sent is not TLS",
    "RECORD_LAYER_FAILURE": "what {peer} sent is not TLS",
    "NO_SHARED_CIPHER": "there is no common cipher suite",
    "UNSUPPORTED_PROTOCOL": "there is no common TLS version",
    "VERSION_TOO_LOW": "there is no common TLS version",
    "NO_PROTOCOLS_AVAILABLE": "there is no common TLS version",
    "INAPPROPRIATE_FALLBACK": "{peer} fell back to a lower TLS version than it supports",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "{peer} sent no certificate",
    "UNEXPECTED_EOF_WHILE_READING": "{peer} closed the TCP connection without close_notify of TLS",
}
"""The reasons of OpenSSL that its own words do not explain."""


def station_tls_error(error: ssl.SSLError) -> HandshakeRefused:
    """Why the TLS handshake failed, as seen by the station."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return HandshakeRefused(HandshakeFault.CSMS_CERTIFICATE, error.verify_message)  # A00.FR.310, A00.FR.413
    reason = _reason(error)
    alert = _alert(reason)
    fault = _FAULT_OF.get(alert or reason, HandshakeFault.TLS)
    return HandshakeRefused(fault, tls_reason(error, "the CSMS"), tls_alert=alert.lower() if alert else None)


def tls_reason(error: ssl.SSLError, peer: str) -> str:
    """Why TLS failed, in one line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {peer} is not valid: {error.verify_message}"
    reason = _reason(error)
    alert = _alert(reason)
    if alert is not None:
        meaning = f": {_ALERTS[alert]}" if alert in _ALERTS else ""
        return f"{peer} sent the alert {_in_words(alert)}{meaning}"
    return _REASONS[reason].format(peer=peer) if reason in _REASONS else f"TLS failed: {_in_words(reason)}"


def _reason(error: ssl.SSLError) -> str:
    """OpenSSL's name of the reason. Python has no name for some; then it is in the text, if OpenSSL knows it."""
    if error.reason:
        return error.reason
    found = _TEXT.match(str(error.strerror or error))
    return found["reason"].upper().replace(" ", "_") if found else "UNKNOWN_ERROR"


def _alert(reason: str) -> str | None:
    """The name of the alert that the peer sent, None for a reason of this end."""
    found = _ALERT.match(reason)
    return found["name"] if found else None


def _in_words(reason: str) -> str:
    return reason.lower().replace("_", " ")
