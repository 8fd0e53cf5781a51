"""The usual ways to be wrong, to make a function out of a right one."""

from collections.abc import Callable
from typing import Any

import msgspec

from plugfest.rig.selftest.behaviours.patch import Function

Wrong = Callable[[Function], Function]


def always(value: object) -> Wrong:
    """Whatever it is asked, it says this, and does nothing."""
    return lambda right: lambda *_, **__: value


NOTHING = always(None)
"""It does nothing."""


def later(value: object) -> Wrong:
    """`always` of a coroutine."""

    async def say(*_: object, **__: object) -> object:
        return value

    return lambda right: say


def changed(change: Callable[[Any], object]) -> Wrong:
    """It says something else than what is right."""
    return lambda right: lambda *args, **kwargs: change(right(*args, **kwargs))


def later_changed(change: Callable[[Any], object]) -> Wrong:
    """`changed` of a coroutine."""

    def make(right: Function) -> Function:
        async def say(*args: object, **kwargs: object) -> object:
            return change(await right(*args, **kwargs))

        return say

    return make


def with_fields(**fields: object) -> Wrong:
    """It says the same with other fields; a function of the right struct gives a value that depends on it."""
    return changed(lambda struct: msgspec.structs.replace(struct, **_values(struct, fields)))


def later_with_fields(**fields: object) -> Wrong:
    """`with_fields` of a coroutine."""
    return later_changed(lambda struct: msgspec.structs.replace(struct, **_values(struct, fields)))


def _values(struct: object, fields: dict[str, object]) -> dict[str, object]:
    return {name: value(struct) if callable(value) else value for name, value in fields.items()}


def except_when(holds: Callable[..., bool]) -> Wrong:
    """It does nothing where this holds of its arguments."""
    return lambda right: lambda *args, **kwargs: None if holds(*args, **kwargs) else right(*args, **kwargs)


def with_arguments(change: Callable[..., tuple[Any, ...]]) -> Wrong:
    """It is right about other arguments: `change` gives the positional ones."""
    return lambda right: lambda *args, **kwargs: right(*change(*args), **kwargs)
