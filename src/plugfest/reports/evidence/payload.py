"""The payload of a frame: as data, and as text that a person reads. What a station sent may be anything."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from plugfest.ocpp.message import JsonValue

WIDTH: Final = 68
"""Characters of an object or a list that still stands in one line."""

LONGEST: Final = 40_000
"""Characters of a payload that is worth the work."""

DEEPEST: Final = 10
"""How many times longer a payload may become: what is nested that deeply is not easier to read."""

INDENT: Final = 2


def data(payload: msgspec.Raw) -> JsonValue:
    """What the payload says; None where it is no JSON that can be read."""
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def pretty(payload: str) -> str:
    """The payload over several lines if it is long, each number and text as it came; as it is where it is no JSON."""
    if len(payload) <= WIDTH or len(payload) > LONGEST:
        return payload
    try:
        spread = msgspec.json.format(payload, indent=INDENT)
        return payload if len(spread) > DEEPEST * len(payload) else "\n".join(_joined(spread.split("\n")))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return payload


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a formatted JSON text, with what is short in one line."""
    at = 0
    while at < len(lines):
        behind = _closing(lines, at) + 1
        together = _in_one_line(lines[at:behind])
        if behind - at == 1 or len(together) > WIDTH:
            yield lines[at]
            yield from _joined(lines[at + 1 : behind - 1])
            yield from lines[max(behind - 1, at + 1) : behind]
        else:
            yield together
        at = behind


def _closing(lines: Sequence[str], at: int) -> int:
    """Where what opens in that line is closed: in the same line, or in the next one as far to the left."""
    if not lines[at].endswith(("{", "[")):
        return at
    indent = len(lines[at]) - len(lines[at].lstrip())
    closing = (" " * indent + "}", " " * indent + "]")
    return next(place for place in range(at + 1, len(lines)) if lines[place].startswith(closing))


def _in_one_line(lines: Sequence[str]) -> str:
    inner = " ".join(line.strip() for line in lines[1:-1])
    return f"{lines[0]}{inner}{lines[-1].strip()}" if len(lines) > 1 else lines[0]
