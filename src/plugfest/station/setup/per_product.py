"""What follows from a product alone is made once, and shared by all stations of it."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar, cast

from plugfest.products import Product

F = TypeVar("F", bound=Callable[..., Any])

_MAX_SHARED: Final = 64
"""How many values of one function are kept: one for each product and its other arguments."""

_CACHES: Final[list[Callable[[], None]]] = []


def once_per_product(make: F) -> F:
    """Call `make` once for each product, as an object, and its other arguments, which must be hashable.

    The stations of the product share the value, so nothing may change it.
    """

    @lru_cache(maxsize=_MAX_SHARED)
    def cached(product: _ByIdentity, *others: Hashable) -> object:
        return make(product.product, *others)

    @wraps(make)
    def shared(product: Product, *others: Hashable) -> object:
        return cached(_ByIdentity(product), *others)

    _CACHES.append(cached.cache_clear)
    return cast(F, shared)


def forget_products() -> None:
    """Make everything anew: the self-test has replaced functions of the station."""
    for clear in _CACHES:
        clear()


class _ByIdentity:
    """A product as a key. A product cannot change, and to compare two of them takes long."""

    __slots__ = ("product",)

    def __init__(self, product: Product) -> None:
        self.product = product

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.product is self.product

    def __hash__(self) -> int:
        return id(self.product)
