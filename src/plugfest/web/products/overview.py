"""What the list of products shows of each. It is computed once for each content of a file."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from plugfest.lab.selection import cases as written_cases
from plugfest.products import Product, ProductError, load_product, product_names
from plugfest.products.features import OcppVersion
from plugfest.products.selection import select
from plugfest.web.own_files import OwnFiles, Stored
from plugfest.web.products.assessment import assess

_MOST_KEPT: Final = 500


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A product in the list. `written`: how many of the cases that apply have code.

    `problems`: how many a file has. One that is not a PICS has only a name; the other fields are empty.
    """

    name: str
    own: bool
    vendor: str = ""
    model: str = ""
    ocpp_version: OcppVersion | None = None
    profiles: tuple[str, ...] = ()
    cases: int = 0
    written: int = 0
    problems: int = 0

    def matches(self, words: str, version: str, profile: str) -> bool:
        """Whether it has all of the words, and the version and the profile if they are given."""
        text = f"{self.name} {self.vendor} {self.model}".lower()
        return (
            all(word in text for word in words.lower().split())
            and version in ("", self.ocpp_version)
            and (not profile or profile in self.profiles)
        )


class Overviews:
    """The overviews of all products."""

    def __init__(self, own: OwnFiles) -> None:
        self._own = own
        self._known: OrderedDict[tuple[str, str], Overview] = OrderedDict()

    def names(self) -> list[str]:
        """Own files first, then the catalog."""
        return [*self._own.names(), *product_names()]

    def are_known(self) -> bool:
        """Whether the products of the catalog have been computed, the largest part of the work."""
        return all((name, "") in self._known for name in product_names())

    def of(self, name: str) -> Overview:
        """The overview of a product. Raises NotReadable."""
        if name in product_names():
            return self._remembered((name, ""), lambda: _overview(load_product(name), own=False))
        stored = self._own.read(name)
        return self._remembered((name, stored.version), lambda: _of_file(name, stored))

    def _remembered(self, key: tuple[str, str], make: Callable[[], Overview]) -> Overview:
        if key not in self._known:
            self._known[key] = make()
        self._known.move_to_end(key)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return self._known[key]


def _of_file(name: str, stored: Stored) -> Overview:
    try:
        assessed = assess(name, stored.data)
    except ProductError as error:
        return Overview(name=name, own=True, problems=len(error.problems))
    overview = _overview(assessed.product, own=True)
    return msgspec.structs.replace(overview, problems=len(assessed.problems))


def _overview(product: Product, *, own: bool) -> Overview:
    code = written_cases(product.ocpp_version)
    applying = [case.id for case in select(product) if case.applies]
    return Overview(
        name=product.slug,
        own=own,
        vendor=product.vendor,
        model=product.model,
        ocpp_version=product.ocpp_version,
        profiles=tuple(sorted(product.profiles, key=product.feature_catalog.profiles.index)),
        cases=len(applying),
        written=sum(id in code for id in applying),
    )
