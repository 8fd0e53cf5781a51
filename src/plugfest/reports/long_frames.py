"""Frames that are too long for a report: it has their beginning, their length and their digest."""

import re
from hashlib import sha256
from typing import Final

MAX_LENGTH: Final = 32_000
"""In characters. The report of a device model is shorter; a station may flood the lab, but not the report."""

_END: Final = re.compile(r" … \[the beginning of \d+ characters, SHA-256 [0-9a-f]{64}\]\Z")


def shortened(text: str, whole: str) -> str:
    """A text for the report; with the length and the digest of the frame in the run, if it is cut.

    The digest is that of `whole`, the frame as it was sent, in UTF-8.
    """
    if len(text) <= MAX_LENGTH:
        return text
    digest = sha256(whole.encode(errors="surrogatepass")).hexdigest()
    return f"{text[:MAX_LENGTH]} … [the beginning of {len(whole)} characters, SHA-256 {digest}]"


def is_shortened(text: str) -> bool:
    """Whether the text of a frame in a report is only its beginning."""
    return len(text) > MAX_LENGTH and _END.search(text, MAX_LENGTH) is not None
