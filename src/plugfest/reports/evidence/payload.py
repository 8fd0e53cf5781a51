"""The payload of a frame, decoded or formatted for reading. A station may send anything."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from plugfest.ocpp.message import JsonValue

LINE_WIDTH: Final = 68
"""An object or a list of at most this many characters stays on one line."""

MAX_LENGTH: Final = 40_000
"""A payload of more characters is not formatted."""

MAX_GROWTH: Final = 10
"""A payload that formatting would make more than this many times longer is not formatted: it is nested too deeply."""

INDENT: Final = 2


def decoded(payload: msgspec.Raw) -> JsonValue:
    """The decoded payload; None if it is not valid JSON."""
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def value_at(payload: JsonValue, *names: str) -> JsonValue:
    """The value that these keys lead to; None if one of them is missing."""
    for name in names:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def pretty(payload: str) -> str:
    """The payload, if it is long, on several lines. Numbers and strings stay as sent; invalid JSON is not changed."""
    if len(payload) <= LINE_WIDTH or len(payload) > MAX_LENGTH:
        return payload
    try:
        formatted = msgspec.json.format(payload, indent=INDENT)
        return payload if len(formatted) > MAX_GROWTH * len(payload) else "\n".join(_joined(formatted.split("\n")))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return payload


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines of formatted JSON, with short objects and lists joined into one line."""
    start = 0
    while start < len(lines):
        end = _closing(lines, start) + 1
        joined = _on_one_line(lines[start:end])
        if end - start == 1 or len(joined) > LINE_WIDTH:
            yield lines[start]
            yield from _joined(lines[start + 1 : end - 1])
            yield from lines[max(end - 1, start + 1) : end]
        else:
            yield joined
        start = end


def _closing(lines: Sequence[str], opening: int) -> int:
    """The index of the line that closes the object or list opened in a line; the line itself if it opens none."""
    if not lines[opening].endswith(("{", "[")):
        return opening
    indent = len(lines[opening]) - len(lines[opening].lstrip())
    closing = (" " * indent + "}", " " * indent + "]")
    return next(index for index in range(opening + 1, len(lines)) if lines[index].startswith(closing))


def _on_one_line(lines: Sequence[str]) -> str:
    inner = " ".join(line.strip() for line in lines[1:-1])
    return f"{lines[0]}{inner}{lines[-1].strip()}" if len(lines) > 1 else lines[0]
