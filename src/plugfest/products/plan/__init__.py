"""The test plans: every charging station case of the certification programs, in the order of their documents.

OCPP 2.0.1: Part 5 with its errata. OCPP 1.6: the program's test case document. Each has a TOML file beside this module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from plugfest.products.condition import Always, Condition
from plugfest.products.features import FILES, FeatureCatalog, OcppVersion, feature_catalog


class EarlierCondition(msgspec.Struct, frozen=True):
    """The former condition of a case: until `edition` of the specification, before the errata `before` (2025-02) of it.

    `before` is None for the condition with the newest errata of that edition.
    """

    edition: int
    before: str | None
    condition: Condition

    def holds_in(self, edition: int, errata: str | None) -> bool:
        if edition != self.edition:
            return edition < self.edition
        return self.before is None or (errata is not None and errata < self.before)


class PlannedCase(msgspec.Struct, frozen=True):
    """One case. It belongs to `profile` and may belong to more profiles; `note` has conditions without a PICS id."""

    id: str
    name: str
    profiles: tuple[str, ...]
    condition: Condition
    earlier: tuple[EarlierCondition, ...]
    note: str
    withdrawn: bool = False

    @property
    def profile(self) -> str:
        return self.profiles[0]

    @property
    def mandatory(self) -> bool:
        """Whether it applies to every product that claims its profile."""
        return isinstance(self.condition, Always)

    def condition_in(self, edition: int, errata: str | None) -> Condition:
        """The condition in an edition of the specification and of its errata; None: the newest errata."""
        for earlier in self.earlier:
            if earlier.holds_in(edition, errata):
                return earlier.condition
        return self.condition


def plan(version: OcppVersion) -> tuple[PlannedCase, ...]:
    """The cases of the certification program."""
    return _by_withdrawal(version)[0]


def withdrawn_cases(version: OcppVersion) -> tuple[PlannedCase, ...]:
    """The cases of the test case document that the certification program does not have, or no longer."""
    return _by_withdrawal(version)[1]


@cache
def _by_withdrawal(version: OcppVersion) -> tuple[tuple[PlannedCase, ...], tuple[PlannedCase, ...]]:
    text = resources.files(__name__).joinpath(FILES[version]).read_text(encoding="utf-8")
    cases = read_plan(text, feature_catalog(version))
    return tuple(case for case in cases if not case.withdrawn), tuple(case for case in cases if case.withdrawn)


def read_plan(text: str, catalog: FeatureCatalog) -> tuple[PlannedCase, ...]:
    """The cases of a plan, with conditions on a feature catalog.

    Raises ValueError if a condition has an unknown operand or a case is there twice.
    """
    cases = tuple(_cases(msgspec.convert(tomllib.loads(text), _Plan), catalog))
    if len({case.id for case in cases}) != len(cases):
        raise ValueError("a case is in the plan twice")
    return cases


class _Earlier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Before an edition of the errata, or in an edition of the specification."""

    applies: str
    before: str | None = None
    edition: int | None = None


class _Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    applies: str
    name: str = ""
    also: tuple[str, ...] = ()
    earlier: tuple[_Earlier, ...] = ()
    note: str = ""
    withdrawn: bool = False


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    profile: str
    case: tuple[_Case, ...]
    title: str = ""


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    group: tuple[_Group, ...]


def _cases(plan: _Plan, catalog: FeatureCatalog) -> Iterator[PlannedCase]:
    for group in plan.group:
        for case in group.case:
            profiles = (group.profile, *case.also)
            for profile in profiles:
                if profile not in catalog.profiles:
                    raise ValueError(f"{case.id} belongs to the unknown profile {profile}")
            yield PlannedCase(
                id=case.id,
                name=" - ".join(filter(None, (group.title, case.name))),
                profiles=profiles,
                condition=catalog.condition(case.applies),
                earlier=tuple(_earlier(row, catalog) for row in case.earlier),
                note=case.note,
                withdrawn=case.withdrawn,
            )


def _earlier(row: _Earlier, catalog: FeatureCatalog) -> EarlierCondition:
    edition = row.edition or catalog.editions[0].number
    return EarlierCondition(edition, row.before, catalog.condition(row.applies))
