"""Selects the cases that apply to a product, with reasons, from its PICS and the plan."""

from __future__ import annotations

import re

import msgspec

from plugfest.products.condition import Compare, Leaf, Named, Outcome, evaluate
from plugfest.products.features import Feature, FeatureCatalog
from plugfest.products.plan import PlannedCase, plan, withdrawn_cases
from plugfest.products.product import Product


class SelectedCase(msgspec.Struct, frozen=True):
    """A case of the plan, and whether it applies to a product. `reason` uses PICS ids."""

    id: str
    name: str
    profile: str
    applies: bool
    reason: str


def select(product: Product) -> list[SelectedCase]:
    """Every case of the product's OCPP version, in the plan's order."""
    return [select_by(case, product, product.edition, product.errata) for case in plan(product.ocpp_version)]


def select_withdrawn(product: Product) -> list[SelectedCase]:
    """The cases that the certification program does not have: which of them could be run with the product."""
    return [select_by(case, product, product.edition, product.errata) for case in withdrawn_cases(product.ocpp_version)]


def deciding_claims(product: Product) -> dict[str, frozenset[str]]:
    """For each case that applies: the ids, and the profile, of the claims because of which it does."""
    return {
        case.id: frozenset({one.name if isinstance(one, Named) else one.id for one in outcome.because}) | {profile}
        for case in plan(product.ocpp_version)
        for profile in case.profiles
        if profile in product.profiles
        and (outcome := evaluate(case.condition_in(product.edition, product.errata), product)).holds
    }


def select_by(case: PlannedCase, product: Product, edition: int, errata: str | None) -> SelectedCase:
    """Whether a case applies to a product by an edition of the specification and of its errata; None: the newest."""
    claimed = next((profile for profile in case.profiles if profile in product.profiles), None)
    if claimed is None:
        return SelectedCase(case.id, case.name, case.profile, False, f"not applicable: {_unclaimed(case, product)}")
    outcome = evaluate(case.condition_in(edition, errata), product)
    reason = _reason_applies(outcome, claimed, product) if outcome.holds else _reason_not_applicable(outcome, product)
    note = f"; {case.note}" if outcome.holds and case.note else ""
    return SelectedCase(case.id, case.name, claimed, outcome.holds, reason + note)


def _reason_applies(outcome: Outcome, profile: str, product: Product) -> str:
    return " and ".join(_fact(leaf, product, "") for leaf in outcome.because) or f"mandatory in {profile}"


def _reason_not_applicable(outcome: Outcome, product: Product) -> str:
    *most, last = (_fact(leaf, product, " is") for leaf in outcome.because)
    return f"not applicable: {', '.join(most)} and {last}" if most else f"not applicable: {last}"


def _unclaimed(case: PlannedCase, product: Product) -> str:
    claims = {feature.claims: feature.id for feature in product.feature_catalog.features.values() if feature.claims}
    names = [f"{name} ({claims[name]})" if name in claims else name for name in case.profiles]
    return f"profile {' or '.join(names)} is not claimed"


def _fact(leaf: Leaf, product: Product, verb: str) -> str:
    if isinstance(leaf, Named):
        word = "given" if leaf.name.startswith("unsupported.") else "claimed"
        return f"{leaf.name}{verb} {word if product.named(leaf.name) else f'not {word}'}"
    if isinstance(leaf, Compare):
        number = product.number(leaf.id)
        return f"{leaf.id} not given" if number is None else f"{leaf.id}{verb or ' ='} {number:g}"
    answer = product.claim(leaf.id)
    if answer is None:
        return f"{leaf.id} not answered"
    word = "Yes" if answer else "No"
    return f"{leaf.id}{verb} {word if verb else word.lower()}"


def titled(reason: str, catalog: FeatureCatalog) -> str:
    """A text with the title of a feature behind each id that it names, the first time."""
    seen: set[str] = set()

    def with_title(found: re.Match[str]) -> str:
        feature = catalog.features.get(found[0])
        if feature is None or feature.id in seen:
            return found[0]
        seen.add(feature.id)
        return f"{feature.id} {_title(feature, catalog)}"

    return re.sub(r"\b[A-Z]+-\d+(\.\d+)?\b", with_title, reason)


def _title(feature: Feature, catalog: FeatureCatalog) -> str:
    title = feature.title.removeprefix("Support for ")
    if title.endswith("?"):
        return f"({title})"
    if feature.parent is not None and " " not in title:  # such as A, of "Supported charging rate units"
        return f"{catalog.features[feature.parent].title}: {title}"
    return title
