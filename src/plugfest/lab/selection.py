"""Selects the cases of a campaign: those that apply to the product, or some of them, each with its code.

The code is found by importing every module of the packages of cases. There is no list to maintain.
"""

import functools
import importlib
import pkgutil
import random
from collections.abc import Iterator, Sequence
from types import ModuleType

import msgspec

from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.verdict import LabError
from plugfest.products import Product
from plugfest.products.plan.requested import NotInPlan, RequestedCases
from plugfest.products.selection import SelectedCase, select, select_withdrawn

EVERY_CASE = RequestedCases()

PACKAGES = {"2.0.1": "plugfest.lab.v201.cases", "1.6": "plugfest.lab.v16.cases"}


class DuplicateCase(Exception):
    """Two modules declare the same case."""


@functools.cache
def cases(version: str) -> dict[str, Case]:
    """The implemented cases of an OCPP version by id; empty if there are none."""
    found: dict[str, Case] = {}
    for module in modules(version):
        for value in vars(module).values():
            if isinstance(value, Case):
                if value.id in found and found[value.id] is not value:
                    first = found[value.id].body.__module__
                    raise DuplicateCase(f"{value.id} is declared in {first} and in {module.__name__}: remove one")
                found[value.id] = value
    return found


def implemented(version: str) -> frozenset[str]:
    """The ids of the implemented cases of an OCPP version ("1.6", "2.0.1")."""
    return frozenset(cases(version))


def modules(version: str) -> Iterator[ModuleType]:
    """The modules of the cases of an OCPP version, each imported when it is asked for."""
    try:
        package = importlib.import_module(PACKAGES[version])
    except ModuleNotFoundError:
        return
    names = [found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    yield from map(importlib.import_module, sorted(names))


class CaseNotAvailable(LabError):
    """A requested case is not in the test plan, or does not apply to the product."""


class Choice(msgspec.Struct, frozen=True):
    """The cases that a campaign runs, in order, and the cases of the plan that do not apply, with the reason.

    `left_out` is the number of cases that apply and were not requested.
    """

    chosen: tuple[CampaignCase, ...]
    not_applicable: tuple[SelectedCase, ...]
    left_out: int = 0


def choose(product: Product, requested: RequestedCases = EVERY_CASE, *, shuffle: int | None = None) -> Choice:
    """Every case that applies to the product, or those of them that are requested.

    In the order of the request, else of the plan; or in a random order with the seed `shuffle`, which is the same on
    every machine. A case that was withdrawn from the certification program is run only if its id is given.

    Raises:
        CaseNotAvailable: the plan has no such case, or none that applies.
    """
    selected = select(product)
    chosen = _requested_and_applying(requested, selected, product)
    if shuffle is not None:
        random.Random(shuffle).shuffle(chosen)
    code = cases(product.ocpp_version)
    ids = {one.id for one in chosen}
    return Choice(
        tuple(CampaignCase(one.id, one.name, one.profile, code.get(one.id)) for one in chosen),
        tuple(one for one in selected if not one.applies),
        left_out=sum(one.applies and one.id not in ids for one in selected),
    )


def chosen_cases(product: Product, requested: RequestedCases) -> list[SelectedCase]:
    """What `choose` chooses, found without the code of the cases. Raises CaseNotAvailable."""
    return _requested_and_applying(requested, select(product), product)


def _requested_and_applying(
    requested: RequestedCases, selected: Sequence[SelectedCase], product: Product
) -> list[SelectedCase]:
    withdrawn = [msgspec.structs.replace(one, name=f"{one.name} (withdrawn)") for one in select_withdrawn(product)]
    return [one for one in _requested(requested, selected, withdrawn, product) if one.applies]


def _requested(
    requested: RequestedCases, selected: Sequence[SelectedCase], withdrawn: Sequence[SelectedCase], product: Product
) -> list[SelectedCase]:
    """The requested cases. Raises CaseNotAvailable if one that is named does not apply, or none does."""
    try:
        found = requested.of(selected, withdrawn, [product.ocpp_version])
    except NotInPlan as error:
        raise CaseNotAvailable(str(error)) from None
    if requested.every_case:
        return found
    named = requested.exact_ids(one.id for one in found)
    refused = [one for one in found if not one.applies and one.id in named]
    if not refused and not any(one.applies for one in found):
        refused = found[:1]
    if refused:
        raise CaseNotAvailable("; ".join(_does_not_apply(one, product) for one in refused))
    return found


def written_cases(product: Product) -> list[CampaignCase]:
    """Every case that has code and can be run with the product, also those withdrawn from the program."""
    code = cases(product.ocpp_version)
    return [
        CampaignCase(one.id, one.name, one.profile, code[one.id])
        for one in (*select(product), *select_withdrawn(product))
        if one.applies and one.id in code
    ]


def _does_not_apply(one: SelectedCase, product: Product) -> str:
    return f"{one.id} does not apply to {product.slug}: {_with_titles(one.reason, product)}"


def _with_titles(reason: str, product: Product) -> str:
    """The reason, followed by the titles of the features that it names."""
    reason = reason.removeprefix("not applicable: ")
    words = reason.replace(",", "").split()
    titles = [f"{id}: {one.title}" for id, one in product.feature_catalog.features.items() if id in words]
    return f"{reason} ({'; '.join(titles)})" if titles else reason
