"""The options for the names in a report: who tested, where, who reviewed and approves it."""

from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options

OPTIONS: Final = (
    click.option(
        "--approval",
        "approval_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The names in the report, in TOML: reference, test_location, tested_by, reviewed_by, and the approvers in"
        " the tables vendor and laboratory. The options below take precedence.",
    ),
    click.option("--reference", metavar="TEXT", help="The number of the report in the lab."),
    click.option("--test-location", metavar="TEXT", help="Where the tests were done."),
    click.option("--tested-by", metavar="NAME", help="Who did the tests."),
    click.option("--reviewed-by", metavar="NAME", help="Who reviewed the report."),
)


def approval_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, OPTIONS)
