"""Checks as data: what a message has to contain, and where it differs.

A check is a plain value (equal), a matcher (`one_of`, `present`, ...) or `has(...)` for the fields of a nested struct.
`differences` compares a message with its checks and counts every compared value, so that a result shows how much was
checked.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from plugfest.ocpp.message import UNSET


class Difference(msgspec.Struct, frozen=True):
    """One field that does not have the expected value."""

    path: str
    expected: str
    actual: str


class Comparison:
    """The differences found in one message, and how many values were compared."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.compared = 0

    def judge(self, holds: bool, path: str, expected: str, actual: object) -> None:
        self.compared += 1
        if not holds:
            self.differences.append(Difference(path, expected, shown(actual)))

    @property
    def matches(self) -> bool:
        return not self.differences


class Matcher(Protocol):
    """A check other than equality."""

    def compare(self, value: object, path: str, comparison: Comparison) -> None: ...


def shown(value: object) -> str:
    """A value as the text of a finding."""
    if value is UNSET:
        return "omitted"
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    if isinstance(value, bool | None):
        return "none" if value is None else str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value)) or "none"
    return str(value)


class _Rule:
    """A matcher made of a text and a predicate."""

    def __init__(self, expected: str, holds: Callable[[object], bool]) -> None:
        self.expected = expected
        self.holds = holds

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        comparison.judge(self.holds(value), path, self.expected, value)

    def __repr__(self) -> str:
        return self.expected


def one_of(*allowed: object) -> Matcher:
    """One of these values; `UNSET` among them allows the field to be omitted."""
    return _Rule(" or ".join(shown(value) for value in allowed), lambda value: value in allowed)


def none_of(*refused: object) -> Matcher:
    """Any value except these."""
    return _Rule("not " + " nor ".join(shown(value) for value in refused), lambda value: value not in refused)


present: Matcher = _Rule("present", lambda value: value is not UNSET)
absent: Matcher = _Rule("omitted", lambda value: value is UNSET)


class _Anything:
    """Matches any value and counts no check."""

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        pass

    def __repr__(self) -> str:
        return "anything"


anything: Matcher = _Anything()


def meets(expected: str, holds: Callable[[object], bool]) -> Matcher:
    """Any predicate, with the text that a finding shows as expected. An omitted field never meets it."""
    return _Rule(expected, lambda value: value is not UNSET and holds(value))


def includes(*members: str) -> Matcher:
    """A comma-separated list (MemberList, SequenceList in OCPP) that contains all of these."""
    return meets("includes " + ", ".join(members), lambda value: set(members) <= set(split(value)))


def excludes(*members: str) -> Matcher:
    """A comma-separated list that contains none of these."""
    return meets("excludes " + ", ".join(members), lambda value: not set(members) & set(split(value)))


def split(value: object) -> list[str]:
    """The members of a comma-separated list."""
    return [member.strip() for member in str(value).split(",") if member.strip()]


class has:  # noqa: N801 - reads as a word in a check
    """The fields of a nested struct, which has to be present."""

    def __init__(self, **checks: object) -> None:
        self.checks = checks

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        if value is UNSET:
            comparison.judge(False, path, f"present with {', '.join(self.checks)}", value)
            return
        compare_fields(value, self.checks, path, comparison)

    def __repr__(self) -> str:
        return f"({described(self.checks)})"


class optional:  # noqa: N801 - reads as a word in a check
    """The field may be omitted. If it is present it meets the inner check."""

    def __init__(self, check: object) -> None:
        self.check = check

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        if value is UNSET:
            comparison.compared += 1
        else:
            compare_value(value, self.check, path, comparison)

    def __repr__(self) -> str:
        return f"{_described(self.check)} or omitted"


class any_item:  # noqa: N801 - reads as a word in a check
    """A list in which at least one item matches."""

    def __init__(self, check: object) -> None:
        self.check = check

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        tried = [_comparison_of(item, self.check, path) for item in _items(value)]
        comparison.compared += max((one.compared for one in tried), default=1)
        if not any(one.matches for one in tried):
            nearest = min(tried, key=lambda one: len(one.differences), default=None)
            comparison.differences += nearest.differences if nearest else [Difference(path, repr(self), "none")]

    def __repr__(self) -> str:
        return f"with an item {_described(self.check)}"


class every_item:  # noqa: N801 - reads as a word in a check
    """A list that is present and not empty, and in which every item matches."""

    def __init__(self, check: object) -> None:
        self.check = check

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        items = _items(value)
        comparison.judge(bool(items), path, "at least one item", value)
        for number, item in enumerate(items):
            compare_value(item, self.check, f"{path}[{number}]", comparison)

    def __repr__(self) -> str:
        return f"with every item {_described(self.check)}"


class in_any_order:  # noqa: N801 - reads as a word in a check
    """A list with as many items as checks, in which each check matches an item."""

    def __init__(self, checks: Sequence[object]) -> None:
        self.inner = checks

    def compare(self, value: object, path: str, comparison: Comparison) -> None:
        items = _items(value)
        comparison.judge(len(items) == len(self.inner), path, f"{len(self.inner)} items", len(items))
        for check in self.inner:
            any_item(check).compare(items, path, comparison)

    def __repr__(self) -> str:
        return f"with {len(self.inner)} items in any order: {_listed(self.inner)}"


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _comparison_of(value: object, check: object, path: str) -> Comparison:
    comparison = Comparison()
    compare_value(value, check, path, comparison)
    return comparison


def compare_value(value: object, check: object, path: str, comparison: Comparison) -> None:
    """Compare one value with one check."""
    compare = getattr(check, "compare", None)
    if compare is not None:
        compare(value, path, comparison)
    elif isinstance(check, list):
        items = _items(value)
        comparison.judge(len(items) >= len(check), path, f"at least {len(check)} items", value)
        for number, (item, inner) in enumerate(zip(items, check, strict=False)):
            compare_value(item, inner, f"{path}[{number}]", comparison)
    else:
        comparison.judge(value == check, path, shown(check), value)


def compare_fields(struct: object, checks: dict[str, object], path: str, comparison: Comparison) -> None:
    """Compare the fields of a struct with checks by field name. Raises TypeError if the struct has no such field."""
    for name, check in checks.items():
        if name not in getattr(struct, "__struct_fields__", ()):
            raise TypeError(f"{type(struct).__name__} has no field {name}")
        compare_value(getattr(struct, name), check, f"{path}.{name}" if path else name, comparison)


def differences(message: object, checks: dict[str, object]) -> Comparison:
    """The comparison of a message with its checks."""
    comparison = Comparison()
    compare_fields(message, checks, "", comparison)
    return comparison


def described(checks: dict[str, object]) -> str:
    """Checks as one line, for a finding about a missing message."""
    return ", ".join(f"{name} {_described(check)}" for name, check in checks.items())


def _described(check: object) -> str:
    if isinstance(check, list):
        return f"starting with the items {_listed(check)}"
    return repr(check) if hasattr(check, "compare") else shown(check)


def _listed(checks: Iterable[object]) -> str:
    return ", ".join(_described(check) for check in checks)


def total(comparisons: Iterable[Comparison]) -> int:
    """How many values were compared in all."""
    return sum(comparison.compared for comparison in comparisons)
