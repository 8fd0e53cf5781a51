"""One PKI for all tests with the same options: generating keys is slow."""

import functools
from datetime import UTC, datetime
from typing import Any

from plugfest.security.pki import TestPki

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@functools.cache
def pki(**options: Any) -> TestPki:
    return TestPki(NOW, **options)
