"""Wrong functions for one station, while the others of the process keep the functions of the station.

Each function that a wrong station replaces is replaced once, for the whole process, by one that looks up what is
active in the current context. Tasks, timers and callbacks inherit the context of what has started them.
"""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, replaced

Place: TypeAlias = tuple[int, str]
"""A function of the station: the id of its class or module, and its name."""

_NOTHING: Final[Mapping[Place, Function]] = MappingProxyType({})


class ActiveFunctions:
    """The wrong functions of one station by their places."""

    def __init__(self) -> None:
        self.by_place = _NOTHING

    def clear(self) -> None:
        """Every function is that of the station again."""
        self.by_place = _NOTHING

    def add(self, behaviours: Iterable[Behaviour]) -> None:
        """Make these behaviours active too. Of two with the same function, the later changes the earlier."""
        found = dict(self.by_place)
        for behaviour in behaviours:
            for patch in behaviour.patches:
                place = _place(patch)
                found[place] = patch.make_wrong(found.get(place) or install(patch))
        self.by_place = found


ACTIVE: Final[ContextVar[ActiveFunctions | None]] = ContextVar("active wrong functions", default=None)
"""The wrong functions of the station whose code is running."""

_installed: Final[dict[Place, tuple[object, Function]]] = {}
"""What has replaced each function, and the function of the station."""


def install(patch: Patch) -> Function:
    """Make a function of the station replaceable, and return the function as it was. Raises FunctionNotFound."""
    place = _place(patch)
    present = vars(patch.owner).get(patch.name)
    if place not in _installed or _installed[place][0] is not present:
        originals: list[Function] = []

        def make(original: Function) -> Function:
            originals.append(original)
            return _chosen(place, original)

        replacement = replaced(patch._replace(make_wrong=make), present)
        setattr(patch.owner, patch.name, replacement)
        _installed[place] = (vars(patch.owner)[patch.name], originals[0])
    return _installed[place][1]


def _place(patch: Patch) -> Place:
    return id(patch.owner), patch.name


def _chosen(place: Place, original: Function) -> Callable[..., Any]:
    """Calls what is active in the current context, or else the function of the station."""

    def call(*args: Any, **kwargs: Any) -> Any:
        active = ACTIVE.get()
        chosen = original if active is None else active.by_place.get(place, original)
        return chosen(*args, **kwargs)

    return call
