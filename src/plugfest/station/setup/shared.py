"""What stations share. It is made once, because it follows from the product, or from what cannot change either."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar, cast

from plugfest.products import Product

F = TypeVar("F", bound=Callable[..., Any])

_MAX_SHARED: Final = 64
"""How many values of one function are kept: one for each combination of its arguments."""

SHARING: Final[ContextVar[bool]] = ContextVar("sharing", default=True)
"""Whether the station whose code is running shares. A station with functions of its own does not."""

_FORGET: Final[list[Callable[[], None]]] = []


def once(make: F) -> F:
    """Call `make` once for each combination of its arguments, which must be hashable.

    The stations share the value, so nothing may change it.
    """
    made = lru_cache(maxsize=_MAX_SHARED)(make)

    @wraps(make)
    def shared(*args: Hashable) -> object:
        return made(*args) if SHARING.get() else make(*args)

    _FORGET.append(made.cache_clear)
    return cast(F, shared)


def once_per_product(make: F) -> F:
    """The same for a function of a product, as an object, and of other arguments."""

    @once
    def made(product: _ByIdentity, *others: Hashable) -> object:
        return make(product.product, *others)

    @wraps(make)
    def shared(product: Product, *others: Hashable) -> object:
        return made(_ByIdentity(product), *others)

    return cast(F, shared)


def forget_shared() -> None:
    """Make everything anew: the self-test has replaced functions of the station."""
    for forget in _FORGET:
        forget()


class _ByIdentity:
    """A product as a key. A product cannot change, and to compare two of them takes long."""

    __slots__ = ("product",)

    def __init__(self, product: Product) -> None:
        self.product = product

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.product is self.product

    def __hash__(self) -> int:
        return id(self.product)
