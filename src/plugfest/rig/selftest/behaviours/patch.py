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


class Patch(NamedTuple):
    """A function of a class or a module, and what makes the wrong one out of it."""

    owner: object
    name: str
    wrong: Callable[[Function], Function]

    def __str__(self) -> str:
        return f"{getattr(self.owner, '__name__', self.owner)}.{self.name}"


@contextmanager
def patched(patches: Sequence[Patch]) -> Iterator[set[Patch]]:
    """The functions are wrong inside. Gives the swaps whose function was called.

    Raises:
        PlaceVanished: there is no such function.
    """
    reached = set[Patch]()
    with ExitStack() as stack:
        for patch in patches:
            right = vars(patch.owner).get(patch.name)
            setattr(patch.owner, patch.name, _wrong(patch, right, functools.partial(reached.add, patch)))
            stack.callback(setattr, patch.owner, patch.name, right)
        yield reached


def _wrong(patch: Patch, right: object, on_call: Callable[[], None]) -> object:
    """The same kind of thing as the right one."""
    match right:
        case FunctionType():
            return _noticed(right, patch.wrong(right), on_call)
        case staticmethod():
            return staticmethod(_noticed(right.__func__, patch.wrong(right.__func__), on_call))
        case property(fget=getter) if getter is not None:
            return property(_noticed(getter, patch.wrong(getter), on_call))
    raise PlaceVanished(f"{patch} is no function of the station any more")


def _noticed(right: Function, wrong: Function, on_call: Callable[[], None]) -> Function:
    @functools.wraps(right)
    def called(*args: Any, **kwargs: Any) -> Any:
        on_call()
        return wrong(*args, **kwargs)

    return called
