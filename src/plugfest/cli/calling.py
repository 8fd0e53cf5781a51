"""Calls what a command does: it is imported when the command is called, so that help and wrong calls are fast."""

import functools
import importlib
from collections.abc import Callable

from plugfest.cli.interruption import ending_at_once
from plugfest.garbage_collection import no_collection


def executed_by(
    module: str, function: str = "execute", *, check: Callable[..., None] | None = None
) -> Callable[[Callable[[], None]], Callable[..., object]]:
    """Make the declaration of a command its callback: a function of a module in `plugfest.cli.execution`.

    It gets the options by their names and returns the exit code, or None. `check` gets them before the module is
    imported, and raises ClickException.
    """

    def decorate(declaration: Callable[[], None]) -> Callable[..., object]:
        @functools.wraps(declaration)
        def callback(**values: object) -> object:
            if check is not None:
                check(**values)
            with ending_at_once(), no_collection():
                execution = importlib.import_module(f"plugfest.cli.execution.{module}")
            return getattr(execution, function)(**values)

        return callback

    return decorate
