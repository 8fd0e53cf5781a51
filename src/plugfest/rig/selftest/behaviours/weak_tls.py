"""Wrong in TLS: stations that believe too much, or offer too little."""

import ssl
import warnings
from collections.abc import Iterator
from typing import Any

from plugfest.rig.selftest.behaviours.patch import Function


def no_verification(context: ssl.SSLContext) -> ssl.SSLContext:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def any_host(context: ssl.SSLContext) -> ssl.SSLContext:
    context.check_hostname = False
    return context


def any_date(context: ssl.SSLContext) -> ssl.SSLContext:
    context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which Python has no name for
    return context


def old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def first_suite_only(right: Function) -> Function:
    return lambda roots, *, key=None, cipher_suites=(): right(roots, key=key, cipher_suites=cipher_suites[:1])


def anybodys_chain(right: Function) -> Function:
    def objection(chain: str, *, key_pem: str, roots: list[str], **others: Any) -> Any:
        return right(chain, key_pem=key_pem, roots=[*roots, *_last_certificate(chain)], **others)

    return objection


def _last_certificate(chain: str) -> Iterator[str]:
    """What a chain ends at, as if it were trusted."""
    end = "-----END CERTIFICATE-----"
    parts = [part + end for part in chain.split(end) if part.strip()]
    yield parts[-1]
