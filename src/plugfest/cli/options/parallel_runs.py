"""The options of the commands that run many stations in several processes."""

import os
from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options


def _checked(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """The file, which can be written: the results take long."""
    if value is not None:
        from plugfest.reports.files import NotWritable, check_writable

        try:
            check_writable(value)
        except NotWritable as error:
            raise click.ClickException(str(error)) from None
    return value


_OPTIONS: Final = (
    click.option(
        "--jobs",
        "processes",
        type=click.IntRange(1),
        default=os.cpu_count() or 1,
        show_default=True,
        help="Number of parallel processes.",
    ),
    click.option(
        "--json",
        "json_file",
        type=click.Path(path_type=Path),
        callback=_checked,
        metavar="FILE",
        help="Write the results as JSON.",
    ),
)


def parallel_run_options(command: Command) -> Command:
    """Add the options to a command, as its parameters `processes` and `json_file`."""
    return add_options(command, _OPTIONS)
