"""TLS as OCPP wants it (Part 2 A, 1.3): for a CSMS, for a station, and wrong on purpose for a lab.

Certificates and keys are PEM texts. OpenSSL holds their validity against the computer's time, not the loop's.
"""

import ssl
import tempfile
import warnings
from collections.abc import Sequence
from typing import Final

from plugfest.link import asyncio_tls
from plugfest.link.cipher_suites import OCPP_SUITES, openssl_list
from plugfest.link.errors import InvalidTlsSettings
from plugfest.security.keys import CertifiedKey

__all__ = ["TLSVersion", "client_context", "server_context"]

TLSVersion = ssl.TLSVersion

_112_BITS: Final = ":@SECLEVEL=2"  # OpenSSL's level that wants what A00.FR.501 wants, of every key and signature
_NO_WILDCARDS: Final = 2  # OpenSSL's X509_CHECK_FLAG_NO_WILDCARDS; a CSMS bears its own name (2.0.1 errata 2.62)
_ANYTHING: Final = "ALL:@SECLEVEL=0"  # without it OpenSSL 3 refuses to speak TLS 1.1 even where it is told to


def server_context(
    *keys: CertifiedKey,
    client_roots: Sequence[str] | None = None,
    cipher_suites: Sequence[str] = OCPP_SUITES,
    minimum: TLSVersion = TLSVersion.TLSv1_2,
    maximum: TLSVersion = TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    """A CSMS's end: profile 2, or with the roots of the stations' certificates profile 3.

    Give an EC and an RSA key to serve all four suites of A00.FR.318. `cipher_suites` by IANA name, for TLS 1.2. A
    `maximum` below TLS 1.2 makes the server that no station may talk to, with all the suites that OpenSSL has.

    Raises InvalidTlsSettings.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER, cipher_suites, minimum, maximum)
    for key in keys:
        _load_key(context, key)
    if client_roots is not None:
        context.verify_mode = ssl.CERT_REQUIRED  # A00.FR.401, A00.FR.407
        _trust(context, client_roots)
    return context


def client_context(
    roots: Sequence[str],
    *,
    key: CertifiedKey | None = None,
    cipher_suites: Sequence[str] = OCPP_SUITES,
    minimum: TLSVersion = TLSVersion.TLSv1_2,
    maximum: TLSVersion = TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    """A station's end, trusting `roots` and nobody else: profile 2, or with a `key` profile 3.

    The CSMS's certificate must bear the host of the URL, as commonName or subjectAltName (A00.FR.309, A00.FR.412). A
    root need not be self-signed: one that replaces another is signed by it, and holds without it (M05.FR.12).

    Raises InvalidTlsSettings.
    """
    context = _context(ssl.PROTOCOL_TLS_CLIENT, cipher_suites, minimum, maximum)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context._host_flags |= _NO_WILDCARDS  # type: ignore[attr-defined]
    _trust(context, roots)
    if key is not None:
        _load_key(context, key)
    return context


def _context(protocol: int, cipher_suites: Sequence[str], minimum: TLSVersion, maximum: TLSVersion) -> ssl.SSLContext:
    asyncio_tls.install()
    outdated = maximum < TLSVersion.TLSv1_2
    context = ssl.SSLContext(protocol)
    context.options |= ssl.OP_NO_COMPRESSION  # A00.FR.321
    try:
        context.set_ciphers(_ANYTHING if outdated else openssl_list(cipher_suites) + _112_BITS)
    except (ssl.SSLError, ValueError) as error:
        raise InvalidTlsSettings(str(error)) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python advises against TLS 1.1, and so do we
        context.minimum_version = min(minimum, maximum)  # A00.FR.313, A00.FR.416
        context.maximum_version = maximum
    return context


def _trust(context: ssl.SSLContext, roots: Sequence[str]) -> None:
    if not roots:
        return  # nobody is trusted, and every handshake ends with that
    try:
        context.load_verify_locations(cadata="\n".join(roots))
    except (ssl.SSLError, ValueError) as error:
        raise InvalidTlsSettings(f"not a root certificate in PEM: {_reason(error)}") from error


def _load_key(context: ssl.SSLContext, key: CertifiedKey) -> None:
    """The ssl module takes a key from nothing but a file; this one is gone before the function returns."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(f"{key.key}\n{key.chain}")
        file.flush()
        try:
            context.load_cert_chain(file.name)
        except ssl.SSLError as error:
            raise InvalidTlsSettings(f"the certificate and its private key cannot be used: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if reason else str(error)
