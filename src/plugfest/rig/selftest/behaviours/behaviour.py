"""Wrong stations: our station with some functions replaced while a case runs."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any, NamedTuple

import msgspec

from plugfest.lab.verdict import LabError, Level
from plugfest.station.setup.shared import forget_shared

Function = Callable[..., Any]
"""A function of the station, with any signature."""

DEFAULT_PRODUCT_V16 = "reference-16-ac"


class FunctionNotFound(LabError):
    """The station has no such function any more: the behaviour needs another one."""


class Patch(NamedTuple):
    """A function of a class or module of the station, and what makes a wrong function from the original one."""

    owner: object
    name: str
    make_wrong: Callable[[Function], Function]

    def __str__(self) -> str:
        return f"{getattr(self.owner, '__name__', self.owner)}.{self.name}"


class Behaviour(msgspec.Struct, frozen=True):
    """A wrong station with one defect.

    `requirement` is what it violates. Every one of `cases` has to detect it, run on `product` or, without one, on any
    product that the case applies to. For a recommendation (`level` SHOULD) a finding of that level is enough.
    """

    name: str
    requirement: str
    cases: tuple[str, ...]
    patches: tuple[Patch, ...]
    product: str | None = None
    level: Level = Level.SHALL


def wrong(
    name: str, requirement: str, cases: str, *patches: Patch, product: str | None = None, level: Level = Level.SHALL
) -> Behaviour:
    """A behaviour. `cases` are ids without _CS, separated by spaces."""
    return Behaviour(name, requirement, tuple(f"{case_id}_CS" for case_id in cases.split()), patches, product, level)


def wrong_v16(
    name: str,
    requirement: str,
    cases: str,
    *patches: Patch,
    product: str = DEFAULT_PRODUCT_V16,
    level: Level = Level.SHALL,
) -> Behaviour:
    """A behaviour of an OCPP 1.6 station."""
    return wrong(f"1.6: {name}", requirement, cases, *patches, product=product, level=level)


def wrong_v201(
    name: str, requirement: str, cases: str, *patches: Patch, product: str | None = None, level: Level = Level.SHALL
) -> Behaviour:
    """A behaviour of an OCPP 2.0.1 station."""
    return wrong(f"2.0.1: {name}", requirement, cases, *patches, product=product, level=level)


@contextmanager
def patched(patches: Sequence[Patch]) -> Iterator[set[Patch]]:
    """Replaces the functions within the block. Yields the patches whose function was called.

    What stations share is made anew, by the functions within the block.

    Raises:
        FunctionNotFound: the station has no such function.
    """
    called = set[Patch]()
    with ExitStack() as stack:
        forget_shared()
        stack.callback(forget_shared)
        for patch in patches:
            original = vars(patch.owner).get(patch.name)
            setattr(patch.owner, patch.name, replaced(patch, original, functools.partial(called.add, patch)))
            stack.callback(setattr, patch.owner, patch.name, original)
        yield called


def replaced(patch: Patch, original: object, on_call: Callable[[], None] | None = None) -> object:
    """The wrong function, as a function, static method or property like the original. Raises FunctionNotFound."""
    match original:
        case FunctionType():
            return _with_callback(original, patch.make_wrong(original), on_call)
        case staticmethod():
            return staticmethod(_with_callback(original.__func__, patch.make_wrong(original.__func__), on_call))
        case property(fget=getter) if getter is not None:
            return property(_with_callback(getter, patch.make_wrong(getter), on_call))
    raise FunctionNotFound(f"{patch} is not a function of the station")


def _with_callback(original: Function, wrong: Function, on_call: Callable[[], None] | None) -> Function:
    if on_call is None:
        return functools.wraps(original)(wrong)

    @functools.wraps(original)
    def replacement(*args: Any, **kwargs: Any) -> Any:
        on_call()
        return wrong(*args, **kwargs)

    return replacement
