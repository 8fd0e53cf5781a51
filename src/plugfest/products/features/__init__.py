"""The two feature catalogues: which ids a PICS may answer, and with what.

OCPP 1.6 and OCPP 2.0.1 number their features apart (C-04 is the authorization cache in the one and a limit to
StatusNotifications in the other), so each version has a catalogue of its own, as a table beside this file.
"""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from importlib import resources
from typing import Literal

import msgspec

from plugfest.products.condition import Compare, Condition, Leaf, Named, leaves
from plugfest.products.expression import parse

Kind = Literal["claim", "group", "number", "text", "texts", "measurands"]
Table = Literal["hardware", "features", "measurands", "questions", "settings"]
OcppVersion = Literal["1.6", "2.0.1"]

FILES: dict[OcppVersion, str] = {"1.6": "v16.toml", "2.0.1": "v201.toml"}


class Feature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a PICS.

    `claims` names the profile that a Yes claims. `requires` must hold where the answer is Yes (or the list is not
    empty). `otherwise` is the answer of a PICS that is older than the question. `required` marks a group of which at
    least one option must be claimed, and a list that must not be empty. `values` is the vocabulary of a list, `least`
    what it must hold.
    """

    id: str
    kind: Kind
    title: str
    claims: str | None = None
    requires: str | None = None
    otherwise: str | None = None
    required: bool = False
    least: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The group that a sub-option belongs to: C-09 for C-09.1."""
        group, dot, _ = self.id.partition(".")
        return group if dot else None


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the test report, in the report's order."""

    title: str
    table: Table
    feature: tuple[Feature, ...]

    @property
    def profile(self) -> str:
        """The certification profile that the table belongs to; Core where its title names none."""
        _, named, profile = self.title.rpartition("Certification Profile: ")
        return profile if named else "Core"


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key performance indicator, in seconds."""

    key: str
    title: str
    description: str


class Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"description": "as"}):
    """A certification profile in a sentence."""

    profile: str
    description: str


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two settings of which the one must not be above the other."""

    minimum: str
    maximum: str


class FeatureCatalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All that a PICS of one OCPP version may say.

    `edition` names the specification, with a place for the edition of the errata; `errata` is the newest.
    """

    profiles: tuple[str, ...]
    described: tuple[Described, ...]
    edition: str
    errata: str
    subtypes: tuple[str, ...]
    evses: str
    demand: tuple[str, ...]
    measurands: tuple[str, ...]
    indicator: tuple[Indicator, ...]
    section: tuple[Section, ...]
    range: tuple[Range, ...] = ()

    @cached_property
    def features(self) -> dict[str, Feature]:
        return {feature.id: feature for section in self.section for feature in section.feature}

    @cached_property
    def descriptions(self) -> dict[str, str]:
        """Each certification profile in a sentence."""
        return {one.profile: one.description for one in self.described}

    @cached_property
    def tables(self) -> dict[str, Table]:
        return {feature.id: section.table for section in self.section for feature in section.feature}

    @cached_property
    def options(self) -> dict[str, tuple[Feature, ...]]:
        """The sub-options of each group, by the group's id."""
        groups: dict[str, tuple[Feature, ...]] = {}
        for feature in self.features.values():
            if feature.parent is not None:
                groups[feature.parent] = (*groups.get(feature.parent, ()), feature)
        return groups

    def knows(self, leaf: Leaf) -> bool:
        """Whether a condition may ask for this."""
        if isinstance(leaf, Named):
            return leaf.name in self.profiles or leaf.name in self.subtypes
        feature = self.features.get(leaf.id)
        if feature is None or feature.kind == "text":
            return False
        return (feature.kind == "number") == isinstance(leaf, Compare)

    def condition(self, text: str) -> Condition:
        """Read a condition over this catalogue's ids.

        Raises UnknownFactError, ConditionError.
        """
        condition = parse(text)
        for leaf in leaves(condition):
            if not self.knows(leaf):
                raise UnknownFactError(leaf)
        return condition


class UnknownFactError(ValueError):
    """A condition asks for something that no PICS of this OCPP version answers."""

    def __init__(self, leaf: Leaf) -> None:
        super().__init__(f"{leaf.name if isinstance(leaf, Named) else leaf.id} is not in the feature catalogue")


@cache
def feature_catalog(version: OcppVersion) -> FeatureCatalog:
    text = resources.files(__name__).joinpath(FILES[version]).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), FeatureCatalog)
