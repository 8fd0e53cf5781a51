"""The scalars of a JSON text with the places where they are written: of any text, as far as it is JSON."""

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

Path = tuple[str | int | None, ...]

DEEPEST: Final = 32
"""Levels of which a path names the last ones: more are no message, but somebody's attempt to make reading it costly."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


class Scalar(msgspec.Struct, frozen=True):
    """A string, number or word: the names and indexes that lead to it (none for an object's own names), its place.

    `written` is what stands there, `value` what that means as text.
    """

    path: Path
    start: int
    end: int
    written: str
    value: str

    @property
    def is_string(self) -> bool:
        return self.written.startswith('"')


def scalars(text: str) -> Iterator[Scalar]:
    """Every scalar and every name, in the order of the text. No text is an error."""
    path: list[str | int | None] = []  # the last is None before an object's name
    for found in _TOKEN.finditer(text):
        match found[0]:
            case "{":
                path.append(None)
            case "[":
                path.append(0)
            case "}" | "]":
                del path[-1:]
            case ",":
                path[-1:] = [_next(one) for one in path[-1:]]
            case ":":
                pass
            case written:
                value = _decoded(written)
                is_name = path[-1:] == [None]
                yield Scalar(() if is_name else tuple(path[-DEEPEST:]), found.start(), found.end(), written, value)
                if is_name:
                    path[-1] = value


def _next(place: str | int | None) -> int | None:
    return place + 1 if isinstance(place, int) else None


def _decoded(written: str) -> str:
    if "\\" not in written:
        return written.strip('"')
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written.strip('"')
