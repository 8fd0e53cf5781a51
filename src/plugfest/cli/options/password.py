"""The option for the file with the password of a station."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command
from plugfest.environment_variables import PASSWORD

ASK: Final = Path("-")
"""This file is a question to the user."""


def file_option(cls: type[click.Option] = click.Option) -> Callable[[Command], Command]:
    """The option --password-file. `cls`: how the help lists it."""
    return click.option(
        "--password-file",
        cls=cls,
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="The password of the station is the first line of this file; - asks for it.  [default: the environment"
        f" variable {PASSWORD}]",
    )
