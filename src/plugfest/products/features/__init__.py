"""The feature catalogs: the ids that a PICS answers, and the kinds of answers.

Feature ids differ between OCPP versions (C-04 is the authorization cache in 1.6 and a limit of StatusNotifications in
2.0.1), so each version has its own catalog, in a TOML file beside this module.
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

    `claims` is the profile that a Yes claims. `requires` is a condition that must hold if the answer is Yes (or a list
    is not empty). `otherwise` is the condition that replaces the answer in a PICS that is older than the feature.
    `required` marks a group with at least one claimed option, or a list that must not be empty; `required_with` is the
    profile that requires it. `values` are the values that a list may have, `least` those that it must have, `one_of`
    sets of values of which it must have at least one. `positive` is the condition under which a number must not be 0.
    """

    id: str
    kind: Kind
    title: str
    claims: str | None = None
    requires: str | None = None
    otherwise: str | None = None
    required: bool = False
    required_with: str | None = None
    least: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    positive: str | None = None
    values: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The group of an option: C-09 for C-09.1."""
        group, dot, _ = self.id.partition(".")
        return group if dot else None


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the test report."""

    title: str
    table: Table
    feature: tuple[Feature, ...]

    @property
    def profile(self) -> str:
        """The certification profile of the table; Core if its title names none."""
        _, named, profile = self.title.rpartition("Certification Profile: ")
        return profile if named else "Core"


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key performance indicator, in seconds."""

    key: str
    title: str
    description: str


class ProfileDescription(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"description": "as"}):
    """The description of a certification profile."""

    profile: str
    description: str


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two settings: the minimum must not be above the maximum."""

    minimum: str
    maximum: str


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An edition of the specification: the month in which it was published, and the newest known errata.

    `title` has a placeholder for the edition of the errata.
    """

    number: int
    published: str
    title: str
    errata: str | None = None

    def specification(self, errata: str | None) -> str:
        """The title with an edition of the errata, as a certificate prints it."""
        return self.title.format(errata=f" including Errata {errata}" if errata else "")


class RequestField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of requests with values that a station need not support.

    `key` is its name in the table [unsupported] of a PICS. The cases of the claim `needed_by` need the values `needed`.
    """

    key: str
    values: tuple[str, ...]
    needed: tuple[str, ...]
    needed_by: str

    @property
    def name(self) -> str:
        """The operand of a condition: the PICS lists values of this field."""
        return f"unsupported.{self.key}"


class FeatureCatalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The questions of a PICS of one OCPP version, and the valid answers.

    `editions` are those of the test plan, the newest one last; the cases judge by the edition `judged_by`. `errata` are
    their published errata, `connectors` the types of connectors that a PICS may name. `demand` are
    conditions that every product must meet. `evses` is the id of the number of EVSEs. `request_fields` are those that
    the table [unsupported] may name.
    """

    profiles: tuple[str, ...]
    described: tuple[ProfileDescription, ...]
    editions: tuple[Edition, ...]
    errata: tuple[str, ...]
    judged_by: int
    subtypes: tuple[str, ...]
    evses: str
    connectors: tuple[str, ...]
    demand: tuple[str, ...]
    measurands: tuple[str, ...]
    indicator: tuple[Indicator, ...]
    section: tuple[Section, ...]
    range: tuple[Range, ...] = ()
    request_fields: tuple[RequestField, ...] = ()

    def edition(self, number: int) -> Edition:
        """An edition of the test plan; KeyError for any other."""
        return {edition.number: edition for edition in self.editions}[number]

    def edition_of(self, errata: str) -> Edition:
        """The edition that an edition of the errata amends: the newest that was published before it."""
        older = [edition for edition in self.editions if edition.published <= errata]
        return older[-1] if older else self.editions[0]

    @cached_property
    def features(self) -> dict[str, Feature]:
        return {feature.id: feature for section in self.section for feature in section.feature}

    @cached_property
    def descriptions(self) -> dict[str, str]:
        """The description of each certification profile."""
        return {one.profile: one.description for one in self.described}

    @cached_property
    def tables(self) -> dict[str, Table]:
        return {feature.id: section.table for section in self.section for feature in section.feature}

    @cached_property
    def options(self) -> dict[str, tuple[Feature, ...]]:
        """The options of each group, by the id of the group."""
        groups: dict[str, tuple[Feature, ...]] = {}
        for feature in self.features.values():
            if feature.parent is not None:
                groups[feature.parent] = (*groups.get(feature.parent, ()), feature)
        return groups

    def has_operand(self, leaf: Leaf) -> bool:
        """Whether this operand of a condition exists in the catalog and has the right kind."""
        if isinstance(leaf, Named):
            fields = [field.name for field in self.request_fields]
            return leaf.name in (*self.profiles, *self.subtypes, *fields)
        feature = self.features.get(leaf.id)
        if feature is None or feature.kind == "text":
            return False
        return (feature.kind == "number") == isinstance(leaf, Compare)

    def condition(self, text: str) -> Condition:
        """The condition in a text, on the ids of this catalog.

        Raises UnknownFactError, ConditionError.
        """
        if text not in self._conditions:
            condition = parse(text)
            for leaf in leaves(condition):
                if not self.has_operand(leaf):
                    raise UnknownFactError(leaf)
            self._conditions[text] = condition
        return self._conditions[text]

    @cached_property
    def _conditions(self) -> dict[str, Condition]:
        """The valid conditions, by their text."""
        return {}


class UnknownFactError(ValueError):
    """An operand of a condition that is not in the feature catalog of this OCPP version."""

    def __init__(self, leaf: Leaf) -> None:
        super().__init__(f"{leaf.name if isinstance(leaf, Named) else leaf.id} is not in the feature catalog")


@cache
def feature_catalog(version: OcppVersion) -> FeatureCatalog:
    text = resources.files(__name__).joinpath(FILES[version]).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), FeatureCatalog)
