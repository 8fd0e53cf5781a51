"""Finds the scalars of a JSON text with their positions. Invalid and truncated JSON is read as far as possible."""

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

Path = tuple[str | int | None, ...]

MAX_PATH_LENGTH: Final = 32
"""A path has only its last names and indexes: deeper nesting is not OCPP and would make the scan slow."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


class Scalar(msgspec.Struct, frozen=True):
    """A string, number or literal. `path` are the keys and indexes that lead to it; the path of a key itself is empty.

    `raw` is the source text from `start` to `end`, `value` the decoded text.
    """

    path: Path
    start: int
    end: int
    raw: str
    value: str

    @property
    def is_string(self) -> bool:
        return self.raw.startswith('"')


def scalars(text: str) -> Iterator[Scalar]:
    """Every scalar and every key, in the order of the text. Any text is accepted."""
    path: list[str | int | None] = []  # the last item is None before the key of an object
    for found in _TOKEN.finditer(text):
        match found[0]:
            case "{":
                path.append(None)
            case "[":
                path.append(0)
            case "}" | "]":
                del path[-1:]
            case ",":
                path[-1:] = [_next(item) for item in path[-1:]]
            case ":":
                pass
            case raw:
                value = _decoded(raw)
                is_key = path[-1:] == [None]
                yield Scalar(() if is_key else tuple(path[-MAX_PATH_LENGTH:]), found.start(), found.end(), raw, value)
                if is_key:
                    path[-1] = value


def _next(item: str | int | None) -> int | None:
    return item + 1 if isinstance(item, int) else None


def _decoded(raw: str) -> str:
    if "\\" not in raw:
        return raw.strip('"')
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        return raw.strip('"')
