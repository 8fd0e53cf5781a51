"""Adds options to a command."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

Command = TypeVar("Command", bound=Callable[..., Any])


def named(options: Sequence[Any], names: Collection[str]) -> list[Any]:
    """Those of the options whose parameters have these names."""
    probes = [(option, option(lambda: None)) for option in options]
    return [option for option, probe in probes if probe.__click_params__[0].name in names]


def add_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    """The command with these options, in this order in its help text."""
    for option in reversed(options):
        command = option(command)
    return command
