"""Percent-encoding of URLs."""

from typing import Final
from urllib.parse import quote

_ASCII: Final = "".join(map(chr, range(128)))


def to_ascii(text: str) -> str:
    """A path or query with its other characters percent-encoded (RFC 3987, 3.1); what is encoded stays as it is."""
    return quote(text, safe=_ASCII)
