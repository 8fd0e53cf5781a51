"""The changes that the specification permits: a station that makes one of them still conforms."""

from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

import msgspec

from plugfest.rig.selftest.specification.change import Change, Kind

FILES = {"1.6": "permitted_v16.toml", "2.0.1": "permitted_v201.toml"}


class Permitted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes that are permitted, with the clause that permits them.

    `target` are fields and messages as in `Change.target`, `old` and `new` the values before and after the change.
    All of them may have wildcards; those that are omitted match everything.
    """

    target: tuple[str, ...]
    kinds: tuple[Kind, ...]
    clause: str
    reason: str
    old: tuple[str, ...] = ("*",)
    new: tuple[str, ...] = ("*",)
    cases: tuple[str, ...] = ("*",)

    def matches(self, change: Change) -> bool:
        """Whether this permits the change."""
        return (
            change.kind in self.kinds
            and _any(self.target, change.target)
            and _any(self.old, change.old)
            and _any(self.new, change.value)
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


def _any(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, pattern.replace("[]", "[[]]")) for pattern in patterns)
