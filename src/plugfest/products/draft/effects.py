"""How many cases apply to a product, and how many more or fewer would with another answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import msgspec

from plugfest.products.condition import Condition, Named, evaluate, leaves
from plugfest.products.features import Feature, FeatureCatalog, OcppVersion, feature_catalog
from plugfest.products.plan import plan
from plugfest.products.product import Answer, Measurands, Product

YES: Final[Mapping[str, Answer]] = {
    "claim": True,
    "texts": ("",),  # at least one name
    "measurands": Measurands(("",), ("",)),
}
NO: Final[Mapping[str, Answer]] = {"claim": False, "texts": (), "measurands": Measurands((), ())}


class Effect(msgspec.Struct, frozen=True):
    """What an answer would bring: the number of cases, negative if it takes some away.

    `yes`, `no`: 0 also if it is the answer already. `depending`: how many cases have it in their conditions.
    """

    yes: int
    no: int
    depending: int


def applying(product: Product) -> int:
    """The number of cases that apply."""
    return sum(case.applies_to(product) for case in _cases(product.ocpp_version, product.edition, product.errata))


def effects(product: Product, named: Iterable[str]) -> Iterator[tuple[str, Effect]]:
    """The id and the effect of each feature, without groups. `named`: the profiles that the PICS names itself."""
    names = frozenset(named)
    for feature in product.feature_catalog.features.values():
        if feature.kind != "group":
            yield feature.id, _effect(feature, product, names)


def _effect(feature: Feature, product: Product, named: frozenset[str]) -> Effect:
    cases = _cases_by_feature(product.ocpp_version, product.edition, product.errata).get(feature.id, ())
    if feature.kind not in YES or not cases:
        return Effect(0, 0, len(cases))
    before = sum(case.applies_to(product) for case in cases)
    changes = {}
    for word, answers in (("yes", YES), ("no", NO)):
        answer = answers[feature.kind]
        if product.claim(feature.id) is bool(answer is not NO[feature.kind]) and feature.id in product.answered:
            changes[word] = 0
            continue
        changed = _with_answer(product, feature, answer, named)
        changes[word] = sum(case.applies_to(changed) for case in cases) - before
    return Effect(changes["yes"], changes["no"], len(cases))


def _with_answer(product: Product, feature: Feature, answer: Answer, named: frozenset[str]) -> Product:
    profiles = product.profiles
    if feature.claims is not None:
        profiles = profiles | {feature.claims} if answer is True else profiles - ({feature.claims} - named)
    return msgspec.structs.replace(product, answered={**product.answered, feature.id: answer}, profiles=profiles)


class _Case(msgspec.Struct, frozen=True):
    """A case with its condition in one edition."""

    profiles: tuple[str, ...]
    condition: Condition

    def applies_to(self, product: Product) -> bool:
        return not product.profiles.isdisjoint(self.profiles) and evaluate(self.condition, product).holds


@cache
def _cases(version: OcppVersion, edition: int, errata: str | None) -> tuple[_Case, ...]:
    return tuple(_Case(case.profiles, case.condition_in(edition, errata)) for case in plan(version))


@cache
def _cases_by_feature(version: OcppVersion, edition: int, errata: str | None) -> dict[str, tuple[_Case, ...]]:
    """The cases that the answer to a feature may decide."""
    catalog = feature_catalog(version)
    found: dict[str, list[_Case]] = {}
    for case in _cases(version, edition, errata):
        names = {*case.profiles, *_names(case.condition)}
        for id in set(_features(names, catalog)):
            found.setdefault(id, []).append(case)
    return {id: tuple(cases) for id, cases in found.items()}


def _names(condition: Condition) -> Iterator[str]:
    for leaf in leaves(condition):
        yield leaf.name if isinstance(leaf, Named) else leaf.id


def _features(names: Iterable[str], catalog: FeatureCatalog) -> Iterator[str]:
    """The ids on which ids and profiles depend: themselves, options, claims of profiles, answers of an older PICS."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += [option.id for option in catalog.options.get(name, ())]
        waiting += [feature.id for feature in catalog.features.values() if feature.claims == name]
        feature = catalog.features.get(name)
        if feature is not None:
            yield name
            if feature.otherwise is not None:
                waiting += _names(catalog.condition(feature.otherwise))
