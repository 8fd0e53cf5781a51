"""The changes that the specification permits: a station that makes one of them still conforms."""

from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from math import inf

import msgspec

from plugfest.rig.selftest.specification.change import Change, ChangeKind

FILES = {"1.6": "permitted_v16.toml", "2.0.1": "permitted_v201.toml"}


class Permitted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes that are permitted, with the clause that permits them.

    `target` are fields and messages as in `Change.target`, `old` and `new` the values before and after the change.
    All of them may have wildcards; those that are omitted match everything. `within` is the largest difference of two
    numbers.
    """

    target: tuple[str, ...]
    kinds: tuple[ChangeKind, ...]
    clause: str
    reason: str
    old: tuple[str, ...] = ("*",)
    new: tuple[str, ...] = ("*",)
    within: float | None = None
    cases: tuple[str, ...] = ("*",)

    def matches(self, change: Change) -> bool:
        """Whether this permits the change."""
        return (
            change.kind in self.kinds
            and _any(self.target, change.target)
            and _any(self.old, change.old)
            and _any(self.new, change.value)
            and (self.within is None or _difference(change) <= self.within)
            and _any(self.cases, change.mutant.case)
        )


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    permitted: tuple[Permitted, ...] = ()


@cache
def table(version: str) -> tuple[Permitted, ...]:
    """The permitted changes of an OCPP version."""
    text = files(__package__).joinpath(FILES[version]).read_bytes()
    return msgspec.toml.decode(text, type=_Table).permitted


def permission(version: str, change: Change) -> Permitted | None:
    """What permits the change; None if it makes the station wrong."""
    return next((one for one in table(version) if one.matches(change)), None)


def _difference(change: Change) -> float:
    """The difference of the values; infinite if they are no numbers."""
    try:
        return abs(float(change.value) - float(change.old))
    except ValueError:
        return inf


def _any(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, pattern.replace("[]", "[[]]")) for pattern in patterns)
