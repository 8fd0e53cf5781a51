"""One PKI for all tests with the same options: generating keys is slow."""

import base64
import functools
from datetime import UTC, datetime
from typing import Any

from plugfest.security.pki import TestPki

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@functools.cache
def pki(**options: Any) -> TestPki:
    return TestPki(NOW, **options)


PRIME256V1 = bytes.fromhex("06082a8648ce3d030107")
UNKNOWN_CURVE = bytes.fromhex("06082a8648ce3d030109")


def der_of(pem: str) -> bytes:
    return base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-")))


def pem_of(der: bytes, label: str = "CERTIFICATE") -> str:
    return f"-----BEGIN {label}-----\n{base64.b64encode(der).decode()}\n-----END {label}-----\n"


def with_unknown_curve(pem: str) -> str:
    """The certificate with a key on a curve that no library knows."""
    der = der_of(pem)
    assert PRIME256V1 in der
    return pem_of(der.replace(PRIME256V1, UNKNOWN_CURVE))
