"""TLS settings as OCPP requires them (Part 2 A, 1.3), for a CSMS and for a station, and wrong ones for tests.

Certificates and keys are in PEM. OpenSSL checks their validity against real time, not the time of the loop.
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

_112_BITS: Final = ":@SECLEVEL=2"  # OpenSSL's level for the key strength of A00.FR.501
_NO_WILDCARDS: Final = 2  # OpenSSL's X509_CHECK_FLAG_NO_WILDCARDS (2.0.1 errata 2.62)
_ALL_CIPHERS: Final = "ALL:@SECLEVEL=0"  # OpenSSL 3 refuses TLS 1.1 at higher security levels


def server_context(
    *keys: CertifiedKey,
    client_roots: Sequence[str] | None = None,
    cipher_suites: Sequence[str] = OCPP_SUITES,
    minimum: TLSVersion = TLSVersion.TLSv1_2,
    maximum: TLSVersion = TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    """The settings of a CSMS: security profile 2; profile 3 with `client_roots`, the roots of the station certificates.

    Pass an EC and an RSA key to offer all four suites of A00.FR.318. `cipher_suites` are IANA names, for TLS 1.2. With
    a `maximum` below TLS 1.2, which stations must refuse, the server offers all suites of OpenSSL.

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
    """The settings of a station that trusts only `roots`: security profile 2; profile 3 with a `key`.

    The certificate of the CSMS must have the host of the URL as commonName or subjectAltName (A00.FR.309, A00.FR.412).
    A root need not be self-signed: it may be signed by the root that it replaces, and is trusted without that one
    (M05.FR.12).

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
        context.set_ciphers(_ALL_CIPHERS if outdated else openssl_list(cipher_suites) + _112_BITS)
    except (ssl.SSLError, ValueError) as error:
        raise InvalidTlsSettings(str(error)) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1 is deprecated; tests need it
        context.minimum_version = min(minimum, maximum)  # A00.FR.313, A00.FR.416
        context.maximum_version = maximum
    return context


def _trust(context: ssl.SSLContext, roots: Sequence[str]) -> None:
    if not roots:
        return  # no roots: every handshake fails
    try:
        context.load_verify_locations(cadata="\n".join(roots))
    except (ssl.SSLError, ValueError) as error:
        raise InvalidTlsSettings(f"not a root certificate in PEM: {_reason(error)}") from error


def _load_key(context: ssl.SSLContext, key: CertifiedKey) -> None:
    """Load a key through a temporary file: the ssl module reads keys only from files."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(f"{key.key}\n{key.chain}")
        file.flush()
        try:
            context.load_cert_chain(file.name, password="")  # OpenSSL would ask for the pass phrase otherwise
        except ssl.SSLError as error:
            raise InvalidTlsSettings(f"certificate or private key cannot be used: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if reason else str(error)
