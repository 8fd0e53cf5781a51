"""Contradictions between a PICS and the station: a table of claims, each with the key or variable that shows it.

An optional key or variable that the station does not have contradicts nothing, unless the claim is about it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import msgspec

from plugfest.lab.checks.numbers import number
from plugfest.lab.verdict import Finding
from plugfest.products import Product


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of the PICS, and what the station reports instead.

    `claims`: ids of the PICS, or a profile. `terms` (regular expressions) and `cases` (prefixes of ids) show which
    findings may follow from it.
    """

    claims: tuple[str, ...]
    claimed: str
    reported: str
    terms: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """`PICS: SC-2.1 (A) is Yes; station: SmartChargingCtrlr.RateUnit is W`."""
        return f"PICS: {self.claimed}; station: {self.reported}"

    def concerns(self, case_id: str, case_claims: Iterable[str], finding: Finding) -> bool:
        """Whether a finding may follow from it; `case_claims`: the claims by which the case was selected."""
        return (
            case_id.startswith(self.cases)
            or not set(self.claims).isdisjoint(case_claims)
            or any(re.search(term, f"{finding.expected} {finding.actual}", re.IGNORECASE) for term in self.terms)
        )


class Reported(Protocol):
    """The keys or variables of a station, by name."""

    def has(self, name: str) -> bool: ...

    def writable(self, name: str) -> bool: ...

    def value(self, name: str) -> str | None: ...

    def members(self, name: str) -> frozenset[str]: ...

    def supported(self, name: str) -> frozenset[str]:
        """The possible values of a list; empty if the station does not report them."""

    def limits(self, name: str) -> tuple[float | None, float | None]:
        """The minimum and the maximum of a number; None if the station does not report one."""


class Claim(msgspec.Struct, frozen=True):
    """The claim of an id, or of a profile, and the key or variable that shows it. `cases`: as in `Contradiction`."""

    id: str
    name: str
    compare: "Compare"
    cases: tuple[str, ...] = ()


Differences = Iterator[tuple[str, str]]
"""What is claimed and what is reported, for each difference."""

Compare = Callable[[Claim, Product, Reported], Differences]


def contradictions(table: Iterable[Claim], product: Product, reported: Reported) -> Iterator[Contradiction]:
    """The contradictions between the claims of a table and what the station reports."""
    for claim in table:
        for claimed, actual in claim.compare(claim, product, reported):
            term = rf"\b{re.escape(claim.name.rpartition('.')[2].partition('[')[0])}\b"
            yield Contradiction(
                claims=(claim.id,),
                claimed=claimed,
                reported=f"{claim.name} {actual}",
                terms=(term,),
                cases=claim.cases,
            )


# Comparisons of a claim with the value of its key or variable


def equal(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The number is the reported one."""
    claimed, actual = product.limit(claim.id), number(reported.value(claim.name) or "")
    if claimed is not None and actual is not None and claimed != actual:
        yield _answer(claim, product, f"is {claimed:g}"), f"is {actual:g}"


def at_least(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The reported number is not below the claimed one."""
    claimed, actual = product.limit(claim.id), number(reported.value(claim.name) or "")
    if claimed is not None and actual is not None and actual < claimed:
        yield _answer(claim, product, f"is {claimed:g}"), f"is {actual:g}"


def minimum(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The claimed minimum can be set."""
    claimed, (lowest, _) = product.limit(claim.id), reported.limits(claim.name)
    if claimed is not None and lowest is not None and lowest > claimed:
        yield _answer(claim, product, f"is {claimed:g}"), f"has the minimum {lowest:g}"


def maximum(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The claimed maximum can be reached."""
    claimed, (_, highest) = product.limit(claim.id), reported.limits(claim.name)
    if claimed is not None and highest is not None and highest < claimed:
        yield _answer(claim, product, f"is {claimed:g}"), f"has the maximum {highest:g}"


def names(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The list has the claimed names, and no others."""
    claimed, actual = frozenset(product.texts(claim.id)), reported.members(claim.name)
    if claimed and actual and claimed != actual:
        yield _answer(claim, product, f"is {_list(claimed)}"), f"is {_list(actual)}"


def possible_names(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The claimed names are possible values of the list."""
    claimed, possible = frozenset(product.texts(claim.id)), reported.supported(claim.name)
    if possible and claimed - possible:
        yield _answer(claim, product, f"has {_list(claimed - possible)}"), f"can only be {_list(possible)}"


def possible_measurands(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The tested measurands are possible values of the list."""
    claimed, possible = frozenset(product.measurands(claim.id)), reported.supported(claim.name)
    if possible and claimed - possible:
        yield _answer(claim, product, f"has {_list(claimed - possible)}"), f"can only be {_list(possible)}"


def listed(value: str) -> Compare:
    """The claim is Yes if, and only if, the reported list has this value."""

    def compare(claim: Claim, product: Product, reported: Reported) -> Differences:
        claimed, actual = _claimed(claim, product), reported.members(claim.name)
        if claimed is not None and actual and claimed is not (value in actual):
            yield _yes_or_no(claim, product), f"is {_list(actual)}"

    return compare


def possible(value: str) -> Compare:
    """If the claim is Yes, the reported list can have this value."""

    def compare(claim: Claim, product: Product, reported: Reported) -> Differences:
        values = reported.supported(claim.name)
        if not values and not reported.writable(claim.name):
            values = reported.members(claim.name)
        if _claimed(claim, product) and values and value not in values:
            yield _yes_or_no(claim, product), f"can only be {_list(values)}"

    return compare


def present(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The claim is about this key or variable: it is Yes if, and only if, the station has it."""
    claimed = _claimed(claim, product)
    if claimed is not None and claimed is not reported.has(claim.name):
        yield _yes_or_no(claim, product), "is reported" if reported.has(claim.name) else "is not reported"


def needed(claim: Claim, product: Product, reported: Reported) -> Differences:
    """If the claim is Yes, the station has this key or variable."""
    if _claimed(claim, product) and not reported.has(claim.name):
        yield _yes_or_no(claim, product), "is not reported"


def configurable(claim: Claim, product: Product, reported: Reported) -> Differences:
    """If the claim is Yes, the station has this key or variable and it can be set."""
    if _claimed(claim, product) and not reported.writable(claim.name):
        yield _yes_or_no(claim, product), "is read-only" if reported.has(claim.name) else "is not reported"


def available(claim: Claim, product: Product, reported: Reported) -> Differences:
    """The claim does not contradict a boolean, if the station reports it."""
    claimed, value = _claimed(claim, product), (reported.value(claim.name) or "").lower()
    if claimed is not None and value in ("true", "false") and claimed is not (value == "true"):
        yield _yes_or_no(claim, product), f"is {value}"


def fixed(value: str) -> Compare:
    """If the claim is Yes, a boolean that cannot be set has this value."""

    def compare(claim: Claim, product: Product, reported: Reported) -> Differences:
        actual = (reported.value(claim.name) or "").lower()
        if _claimed(claim, product) and actual and not reported.writable(claim.name) and actual != value:
            yield _yes_or_no(claim, product), f"is {actual} and read-only"

    return compare


def security_profile(profile: str) -> Compare:
    """The station does not use this security profile unless the claim is Yes."""

    def compare(claim: Claim, product: Product, reported: Reported) -> Differences:
        if reported.value(claim.name) == profile and not _claimed(claim, product):
            yield _yes_or_no(claim, product), f"is {profile}"

    return compare


def _claimed(claim: Claim, product: Product) -> bool | None:
    """Whether an id is claimed, None without an answer; whether a profile is."""
    if claim.id in product.feature_catalog.features:
        return product.claim(claim.id)
    return product.named(claim.id)


def _yes_or_no(claim: Claim, product: Product) -> str:
    claimed = _claimed(claim, product)
    if claim.id in product.feature_catalog.profiles:
        return f"{claim.id} {'is claimed' if claimed else 'is not claimed'}"
    return _answer(claim, product, "is Yes" if claimed else "is No")


def _answer(claim: Claim, product: Product, answer: str) -> str:
    return f"{claim.id} ({product.feature_catalog.features[claim.id].title}) {answer}"


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))
