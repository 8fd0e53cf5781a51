"""The options of `plugfest certify` for the files that it writes, and for the key that signs them."""

from pathlib import Path
from typing import Final

import click

from plugfest.cli.options import pdf_signing
from plugfest.cli.options.adding import Command, add_options
from plugfest.environment_variables import LAB_KEY

STANDARD_OUTPUT: Final = "-"

KEY_OPTION: Final = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Sign with this key (Ed25519, PEM).  [default: ${LAB_KEY}, or the lab's own key]",
)

OPTIONS: Final = (
    click.option("--json", "json_file", metavar="FILE", help="Write the results as JSON; - is standard output."),
    click.option("--junit", "junit_file", metavar="FILE", help="Write the cases as JUnit XML; - is standard output."),
    click.option("--csv", "csv_file", metavar="FILE", help="Write the cases as CSV; - is standard output."),
    click.option(
        "--report",
        "report_folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Write the report in every format to this folder.",
    ),
    KEY_OPTION,
    *pdf_signing.OPTIONS,
)


def output_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, OPTIONS)
