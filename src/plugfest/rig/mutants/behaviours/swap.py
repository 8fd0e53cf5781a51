"""Puts a wrong function in the place of a right one, for the length of a run. The station knows nothing of it."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any, NamedTuple

from plugfest.lab.verdict import LabError

Function = Callable[..., Any]
"""Of the station: any at all."""


class PlaceVanished(LabError):
    """The station has no such function any more: the behaviour has to be written anew."""


class Swap(NamedTuple):
    """A function of a class or a module, and what makes the wrong one out of it."""

    owner: object
    name: str
    wrong: Callable[[Function], Function]

    def __str__(self) -> str:
        return f"{getattr(self.owner, '__name__', self.owner)}.{self.name}"


@contextmanager
def swapped(swaps: Sequence[Swap]) -> Iterator[set[Swap]]:
    """The functions are wrong inside. Gives the swaps whose function was called.

    Raises:
        PlaceVanished: there is no such function.
    """
    reached = set[Swap]()
    with ExitStack() as stack:
        for swap in swaps:
            right = vars(swap.owner).get(swap.name)
            setattr(swap.owner, swap.name, _wrong(swap, right, functools.partial(reached.add, swap)))
            stack.callback(setattr, swap.owner, swap.name, right)
        yield reached


def _wrong(swap: Swap, right: object, on_call: Callable[[], None]) -> object:
    """The same kind of thing as the right one."""
    match right:
        case FunctionType():
            return _noticed(right, swap.wrong(right), on_call)
        case staticmethod():
            return staticmethod(_noticed(right.__func__, swap.wrong(right.__func__), on_call))
        case property(fget=getter) if getter is not None:
            return property(_noticed(getter, swap.wrong(getter), on_call))
    raise PlaceVanished(f"{swap} is no function of the station any more")


def _noticed(right: Function, wrong: Function, on_call: Callable[[], None]) -> Function:
    @functools.wraps(right)
    def called(*args: Any, **kwargs: Any) -> Any:
        on_call()
        return wrong(*args, **kwargs)

    return called
