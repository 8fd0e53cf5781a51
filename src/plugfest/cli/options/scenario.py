"""The options of `plugfest station` for scenarios."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options
from plugfest.cli.options.finite_range import FiniteRange


def compress_option(stations_do: str) -> Callable[[Command], Command]:
    """The option for the pauses of a scenario. `stations_do`: the subject and verb of what does not change."""
    return click.option(
        "--compress",
        type=FiniteRange(min=1.0),
        default=1.0,
        metavar="FACTOR",
        help=f"Make the pauses of the scenario shorter by this factor; {stations_do} not work faster.",
    )


_OPTIONS: Final = (
    click.option(
        "--scenario",
        metavar="NAME_OR_FILE",
        help="Perform a scenario: a name that `plugfest scenarios` lists, or a .toml file.",
    ),
    click.option(
        "--replay",
        type=click.Path(path_type=Path),
        metavar="LOG",
        help="Perform what people did according to a log: a file with frames, or the folder of a run.",
    ),
    click.option("--scenario-seed", type=int, help="Seed of its random choices.  [default: a new one, which is shown]"),
    compress_option("the station does"),
    click.option(
        "--exit",
        "exit_at_end",
        is_flag=True,
        help="Stop when the scenario has ended and every message is answered, after a minute at the latest. Exit code"
        " 1: a wait was not reached, or an operation was refused.",
    ),
)


def scenario_options(command: Command) -> Command:
    """Add the options to a command."""
    return add_options(command, _OPTIONS)
