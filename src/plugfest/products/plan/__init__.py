"""The test plans: every charging station case of the certification programs, in the order of their documents.

OCPP 2.0.1: Part 5 with its errata. OCPP 1.6: the program's test case document. Each is a table beside this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from plugfest.products.condition import Always, Condition
from plugfest.products.features import FILES, FeatureCatalog, OcppVersion, feature_catalog


class Former(msgspec.Struct, frozen=True):
    """The condition of a case before the errata edition `before`, such as 2025-02."""

    before: str
    condition: Condition


class PlannedCase(msgspec.Struct, frozen=True):
    """One case. It belongs to `profile` and may belong to others besides; `note` says what no PICS id can express."""

    id: str
    name: str
    profiles: tuple[str, ...]
    condition: Condition
    former: tuple[Former, ...]
    note: str

    @property
    def profile(self) -> str:
        return self.profiles[0]

    @property
    def mandatory(self) -> bool:
        """Whether it applies to every product that claims its profile."""
        return isinstance(self.condition, Always)

    def condition_in(self, errata: str | None) -> Condition:
        """The condition in an edition of the errata; the newest where none is named."""
        for former in self.former:
            if errata is not None and errata < former.before:
                return former.condition
        return self.condition


@cache
def plan(version: OcppVersion) -> tuple[PlannedCase, ...]:
    text = resources.files(__name__).joinpath(FILES[version]).read_text(encoding="utf-8")
    return read_plan(text, feature_catalog(version))


def read_plan(text: str, features: FeatureCatalog) -> tuple[PlannedCase, ...]:
    """Read a plan.

    Raises ValueError if it asks for something that the catalogue does not know, or has a case twice.
    """
    cases = tuple(_cases(msgspec.convert(tomllib.loads(text), _Plan), features))
    if len({case.id for case in cases}) != len(cases):
        raise ValueError("a case is planned twice")
    return cases


class _Earlier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: str
    applies: str


class _Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    applies: str
    name: str = ""
    also: tuple[str, ...] = ()
    earlier: tuple[_Earlier, ...] = ()
    note: str = ""


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    profile: str
    case: tuple[_Case, ...]
    title: str = ""


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    group: tuple[_Group, ...]


def _cases(written: _Plan, features: FeatureCatalog) -> Iterator[PlannedCase]:
    for group in written.group:
        for case in group.case:
            profiles = (group.profile, *case.also)
            for profile in profiles:
                if profile not in features.profiles:
                    raise ValueError(f"{case.id} belongs to {profile}, which is no profile")
            yield PlannedCase(
                id=case.id,
                name=" - ".join(filter(None, (group.title, case.name))),
                profiles=profiles,
                condition=features.condition(case.applies),
                former=tuple(Former(row.before, features.condition(row.applies)) for row in case.earlier),
                note=case.note,
            )
