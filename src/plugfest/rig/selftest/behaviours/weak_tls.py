"""Wrong TLS settings: too little verification, outdated versions, too few cipher suites."""

import ssl
import warnings
from collections.abc import Iterator
from typing import Any

from plugfest.rig.selftest.behaviours.behaviour import Function


def no_verification(context: ssl.SSLContext) -> ssl.SSLContext:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def any_host(context: ssl.SSLContext) -> ssl.SSLContext:
    context.check_hostname = False
    return context


def any_date(context: ssl.SSLContext) -> ssl.SSLContext:
    context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME, not defined in Python
    return context


def old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def first_suite_only(original: Function) -> Function:
    return lambda roots, *, cipher_suites=(), **others: original(roots, cipher_suites=cipher_suites[:1], **others)


def any_issuer(original: Function) -> Function:
    def certificate_problem(chain: str, *, key_pem: str, roots: list[str], **others: Any) -> Any:
        return original(chain, key_pem=key_pem, roots=[*roots, *_last_certificate(chain)], **others)

    return certificate_problem


def _last_certificate(chain: str) -> Iterator[str]:
    """The last certificate of a chain, to be trusted as a root."""
    end = "-----END CERTIFICATE-----"
    parts = [part + end for part in chain.split(end) if part.strip()]
    yield parts[-1]
