"""What a campaign can test: a product or a family, and which of its cases."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from plugfest.lab.selection import CaseNotAvailable, chosen_cases
from plugfest.products import Product, ProductError, load_product, product_names
from plugfest.products.family import family_names, load_family
from plugfest.products.plan.requested import RequestedCases
from plugfest.products.selection import SelectedCase, select
from plugfest.web.own_files import OwnFiles
from plugfest.web.runs.grid import BLOCKS, block_of

FAMILY: Final = "family:"
"""The beginning of the value of a family in the form."""


class NoSubject(Exception):
    """Nothing that can be tested. The text is for the user."""


class Subject(msgspec.Struct, frozen=True):
    """What is tested. `name`: of the run; `arguments`: of `plugfest certify`."""

    name: str
    products: tuple[Product, ...]
    arguments: tuple[str, ...]


def subjects(own: OwnFiles) -> dict[str, dict[str, str]]:
    """What the form offers, in groups: the value of each, and its name."""
    groups = {
        "Your products": {name: name for name in own.names()},
        "Catalog": {name: name for name in product_names()},
        "Families": {f"{FAMILY}{name}": name for name in family_names()},
    }
    return {title: group for title, group in groups.items() if group}


def subject_of(value: str, own: OwnFiles) -> Subject:
    """The product or family with this value. Raises NoSubject."""
    family = value.removeprefix(FAMILY)
    source = own.source(value)
    try:
        if family != value and family in family_names():
            return Subject(family, load_family(family).products, ("--family", family))
        if source is not None:
            return Subject(value, (load_product(source),), ("--", source))
    except ProductError as error:
        raise NoSubject(own.without_folder(str(error))) from None
    raise NoSubject("choose a product")


class Part(msgspec.Struct, frozen=True):
    """A block or a profile, and how many cases of it apply."""

    value: str
    title: str
    count: int


class CaseChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases are chosen of those that apply, and of which parts one can choose. `problem`: why none is."""

    chosen: int = 0
    total: int
    blocks: tuple[Part, ...]
    profiles: tuple[Part, ...]
    problem: str = ""


def case_choice(subject: Subject, requested: RequestedCases) -> CaseChoice:
    """The cases that are requested, in all products of the subject together."""
    applying = [case for product in subject.products for case in select(product) if case.applies]
    parts = {"total": len(applying), "blocks": _blocks(applying), "profiles": _profiles(applying, subject.products[0])}
    try:
        chosen = sum(len(chosen_cases(product, requested)) for product in subject.products)
    except CaseNotAvailable as error:
        return msgspec.convert({**parts, "problem": str(error)}, CaseChoice)
    return msgspec.convert({**parts, "chosen": chosen}, CaseChoice)


def _blocks(applying: Iterable[SelectedCase]) -> tuple[Part, ...]:
    counts = Counter(block_of(case.id) for case in applying)
    return tuple(Part(letter, title, counts[letter]) for letter, title in BLOCKS.items() if counts[letter])


def _profiles(applying: Iterable[SelectedCase], product: Product) -> tuple[Part, ...]:
    counts = Counter(case.profile for case in applying)
    return tuple(Part(name, name, counts[name]) for name in product.feature_catalog.profiles if counts[name])
