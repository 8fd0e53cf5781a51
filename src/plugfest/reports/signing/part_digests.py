"""Digests of the parts of a report, which show where a file was altered.

Parts are, in JSON: the keys, down to each case and each fact of the product, and every hundred frames; in HTML:
sections; in XML: suites and cases; in PDF: ranges of bytes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

SignedFormat = Literal["json", "html", "xml", "pdf"]

DIGEST_DIGITS: Final = 16
"""Hexadecimal digits of the digest of a part. It only locates an alteration; the digest of the file is complete."""

FRAMES_PER_PART: Final = 100
MAX_DEPTH: Final = 2
"""Levels of JSON objects whose values are parts of their own."""

_FAMILY_LEVELS: Final = {"representative": 1, "members": 2}
_SPLIT_LISTS: Final = ("cases", "not_applicable", "frames", "members")
_PART_STARTS: Final[Mapping[SignedFormat, re.Pattern[bytes]]] = {
    "html": re.compile(rb'<(?:section|article|details)\b[^<>]*?\sid="([^"]*)"'),
    "xml": re.compile(rb'<test(?:suite|case)\b[^<>]*?\sname="([^"]*)"'),
}
ONLY_FORMATTING: Final = "only whitespace, line ends, the notation of values or their order was changed"

_MAX_RANGES, _MIN_RANGE = 64, 1024
_RANGE: Final = re.compile(r"bytes (\d{1,12}) to (\d{1,12})")


def part_digests(format: SignedFormat, content: bytes) -> dict[str, str]:
    """The beginning of the digest of each part by its name, in the order of the file.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: the content should be JSON and is not.
    """
    return {name: _digest(part) for name, part in _parts(format, content)}


def changes(format: SignedFormat, recorded: Mapping[str, str], content: bytes) -> list[str]:
    """The differences between a file and the recorded digests, one line each; at least one line."""
    if format == "pdf":
        return [_changed_range(recorded, content)]
    try:
        actual = part_digests(format, content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return [f"it is no longer valid JSON: {error}"]
    found = [f"{name} is missing" for name in recorded if name not in actual]
    found += [f"{name} was added" for name in actual if name not in recorded]
    found += [f"{name} was changed" for name in actual if recorded.get(name, actual[name]) != actual[name]]
    if format == "json":
        found += duplicate_keys(content)
    return found or [ONLY_FORMATTING]


def duplicate_keys(content: bytes) -> list[str]:
    """The keys that occur more than once in an object: JSON readers differ in the value that they take."""
    found: dict[str, None] = {}

    def collect(members: list[tuple[str, Any]]) -> None:
        count = Counter(key for key, _ in members)
        found.update(dict.fromkeys(key for key in count if count[key] > 1))

    json.loads(content, object_pairs_hook=collect)
    return [f"{key} occurs more than once in an object" for key in found]


def _digest(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()[:DIGEST_DIGITS]


def _parts(format: SignedFormat, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts by name. The names are in signed files: they must not change."""
    match format:
        case "json":
            for path, value in _json_parts((), msgspec.json.decode(content)):
                yield "/".join(path), msgspec.json.encode(value, order="sorted")
        case "pdf":
            length = max(_MIN_RANGE, -(-len(content) // _MAX_RANGES))
            for start in range(0, len(content), length):
                end = min(start + length, len(content))
                yield f"bytes {start} to {end}", content[start:end]
        case _:
            yield from _markup_parts(content, _PART_STARTS[format])


def _json_parts(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = _children(path, value)
    if children is None:
        yield path, value
    else:
        for name, child in children:
            yield from _json_parts((*path, name), child)


def _children(path: tuple[str, ...], value: Any) -> Iterable[tuple[str, Any]] | None:
    """The values within a value by name; None if it is a part itself."""
    if isinstance(value, dict):
        levels = len(path) - _FAMILY_LEVELS.get(path[0], 0) if path else 0
        return value.items() if levels < MAX_DEPTH else None
    if not isinstance(value, list) or not path or path[-1] not in _SPLIT_LISTS:
        return None
    if path[-1] == "frames":
        starts = range(0, len(value), FRAMES_PER_PART)
        return [(f"from {start}", value[start : start + FRAMES_PER_PART]) for start in starts]
    return [(_name(item) or str(index), item) for index, item in enumerate(value)]


def _name(item: Any) -> str:
    """The name of a case or of a member of a family; empty for anything else."""
    product = item.get("product", item) if isinstance(item, dict) else None
    name = product.get("slug") or product.get("id") if isinstance(product, dict) else ""
    return str(name or "")


def _markup_parts(content: bytes, start: re.Pattern[bytes]) -> Iterator[tuple[str, bytes]]:
    """From each match to the next. A repeated name gets a number."""
    found = list(start.finditer(content))
    offsets = [match.start() for match in found] + [len(content)]
    yield "the beginning", content[: offsets[0]]
    count: dict[str, int] = {}
    for match, end in zip(found, offsets[1:], strict=True):
        name = match[1].decode(errors="replace")
        count[name] = count.get(name, 0) + 1
        yield name if count[name] == 1 else f"{name} ({count[name]})", content[match.start() : end]


def _changed_range(recorded: Mapping[str, str], content: bytes) -> str:
    """The range of bytes that contains every change."""
    ranges = {name: (int(found[1]), int(found[2])) for name in recorded if (found := _RANGE.fullmatch(name))}
    changed = [span for name, span in ranges.items() if _digest(content[slice(*span)]) != recorded[name]]
    if not changed:
        return "bytes were added after the last part"
    return f"bytes between {changed[0][0]} and {changed[-1][1]} were changed, added or removed"
