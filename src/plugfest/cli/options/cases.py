"""The options that choose cases: by id, pattern, block and certification profile."""

from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options

COMBINATION: Final = """Cases: the values of one option add up; a case has to fit every option that is given.
--case 'TC_E_*' --case TC_B_01 is block E and TC_B_01; --block C --profile Core is
what belongs to Core in block C."""

OPTIONS: Final = (
    click.option(
        "--case",
        "case_ids",
        multiple=True,
        metavar="ID",
        help="Only this case, or the cases that fit a pattern such as 'TC_E_*'; may be repeated.",
    ),
    click.option(
        "--block",
        "blocks",
        multiple=True,
        metavar="LETTER",
        help="Only the cases of this functional block, OCPP 2.0.1 only; may be repeated.",
    ),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME",
        help="Only the cases of this certification profile, such as Core; may be repeated.",
    ),
)


def case_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, OPTIONS)
