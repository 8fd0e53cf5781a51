"""Where a long word may be broken between lines: between the parts of its name, and never within one."""

import re
from typing import Final

from markupsafe import Markup, escape

from plugfest.reports.hidden_characters import name_hidden

LONG_WORD: Final = re.compile(r"\S{17,}")
POINTS: Final = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])"  # SampledData|Interval
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # OCPP|Comm
    r"|(?<=[_./:;,=])(?=\w)"
)
DIGEST: Final = re.compile(r"[0-9a-f]{32,}")
DIGEST_PART: Final = re.compile(r"[0-9a-f]{1,8}")


def with_line_breaks(text: str) -> Markup:
    """The text as HTML, in which long words may be broken between their parts, and digests after each 8 digits."""
    pieces = re.split(r"(\s+)", name_hidden(text))
    return Markup("").join(map(_with_line_breaks, pieces))


def _with_line_breaks(word: str) -> Markup:
    if not LONG_WORD.fullmatch(word):
        return escape(word)
    parts = DIGEST_PART.findall(word) if DIGEST.fullmatch(word) else POINTS.split(word)
    return Markup("<wbr>").join(parts)
