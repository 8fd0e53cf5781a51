"""The parts of a report's forms, by whose digests a reader learns where a file was altered.

JSON: its keys, down to the single case and the single fact about the product, frames by the hundred. HTML: its
sections. XML: its suites and cases. PDF: ranges of bytes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

FormName = Literal["json", "html", "xml", "pdf"]

DIGITS: Final = 16
"""Hexadecimal digits of a part's digest: it shows a place; that nothing was altered is shown by one of full length."""

FRAMES_AT_ONCE: Final = 100
DEEPEST: Final = 2
"""Levels of objects in a report that have parts of their own."""

_LEVELS_OF_A_FAMILY: Final = {"representative": 1, "members": 2}
_LISTS: Final = ("cases", "not_applicable", "frames", "members")
_BEGINNINGS: Final[Mapping[FormName, re.Pattern[bytes]]] = {
    "html": re.compile(rb'<(?:section|article|details)\b[^<>]*?\sid="([^"]*)"'),
    "xml": re.compile(rb'<test(?:suite|case)\b[^<>]*?\sname="([^"]*)"'),
}
ONLY_ITS_FORM: Final = "only blanks, line ends, the way to write a value or the order of things were changed"

_MOST_RANGES, _SHORTEST_RANGE = 64, 1024
_RANGE: Final = re.compile(r"bytes (\d{1,12}) to (\d{1,12})")


def parts(form: FormName, content: bytes) -> dict[str, str]:
    """The beginning of the digest of each part, by its name, in the order of the file.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: this is no JSON, where it should be.
    """
    return {name: _digest(part) for name, part in _named(form, content)}


def changes(form: FormName, recorded: Mapping[str, str], content: bytes) -> list[str]:
    """Where a file is not as its parts were recorded, each place in a few words; there is at least one."""
    if form == "pdf":
        return [_range_of_changes(recorded, content)]
    try:
        now = parts(form, content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return [f"it is no JSON any more: {error}"]
    found = [f"{name} is missing" for name in recorded if name not in now]
    found += [f"{name} was added" for name in now if name not in recorded]
    found += [f"{name} was changed" for name in now if recorded.get(name, now[name]) != now[name]]
    if form == "json":
        found += doubled(content)
    return found or [ONLY_ITS_FORM]


def doubled(content: bytes) -> list[str]:
    """Which names an object of a JSON has more than once: readers differ in which of the values they take."""
    found: dict[str, None] = {}

    def look(members: list[tuple[str, Any]]) -> None:
        count = Counter(name for name, _ in members)
        found.update(dict.fromkeys(name for name in count if count[name] > 1))

    json.loads(content, object_pairs_hook=look)
    return [f"{name} stands in one object more than once" for name in found]


def _digest(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()[:DIGITS]


def _named(form: FormName, content: bytes) -> Iterator[tuple[str, bytes]]:
    match form:
        case "json":
            for path, value in _leaves((), msgspec.json.decode(content)):
                yield "/".join(path), msgspec.json.encode(value, order="sorted")
        case "pdf":
            length = max(_SHORTEST_RANGE, -(-len(content) // _MOST_RANGES))
            for start in range(0, len(content), length):
                end = min(start + length, len(content))
                yield f"bytes {start} to {end}", content[start:end]
        case _:
            yield from _sections(content, _BEGINNINGS[form])


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What a digest is made of, with the names that lead to it."""
    inner = _inner(path, value)
    if inner is None:
        yield path, value
    else:
        for name, one in inner:
            yield from _leaves((*path, name), one)


def _inner(path: tuple[str, ...], value: Any) -> Iterable[tuple[str, Any]] | None:
    """The values within one, by name; None where it is a part as a whole."""
    if isinstance(value, dict):
        levels = len(path) - _LEVELS_OF_A_FAMILY.get(path[0], 0) if path else 0
        return value.items() if levels < DEEPEST else None
    if not isinstance(value, list) or not path or path[-1] not in _LISTS:
        return None
    if path[-1] == "frames":
        starts = range(0, len(value), FRAMES_AT_ONCE)
        return [(f"from {start}", value[start : start + FRAMES_AT_ONCE]) for start in starts]
    return [(_name(one) or str(number), one) for number, one in enumerate(value)]


def _name(item: Any) -> str:
    """What a case or a member of a family is called; empty for anything else."""
    product = item.get("product", item) if isinstance(item, dict) else None
    name = product.get("slug") or product.get("id") if isinstance(product, dict) else ""
    return str(name or "")


def _sections(content: bytes, beginning: re.Pattern[bytes]) -> Iterator[tuple[str, bytes]]:
    """From each beginning to the next; what has a name that is taken gets a number."""
    found = list(beginning.finditer(content))
    starts = [one.start() for one in found] + [len(content)]
    yield "the beginning", content[: starts[0]]
    taken: dict[str, int] = {}
    for one, end in zip(found, starts[1:], strict=True):
        name = one[1].decode(errors="replace")
        taken[name] = taken.get(name, 0) + 1
        yield name if taken[name] == 1 else f"{name} ({taken[name]})", content[one.start() : end]


def _range_of_changes(recorded: Mapping[str, str], content: bytes) -> str:
    """The bytes in which all changes are."""
    ranges = {name: (int(found[1]), int(found[2])) for name in recorded if (found := _RANGE.fullmatch(name))}
    changed = [span for name, span in ranges.items() if _digest(content[slice(*span)]) != recorded[name]]
    if not changed:
        return "there are bytes behind the last part"
    return f"something in bytes {changed[0][0]} to {changed[-1][1]} was changed, added or left out"
