"""The `plugfest` command. A sub-command's module is imported when it is asked for, so that --help stays fast."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

# Each is a module of this package with a click command called `command`, and what it does.
COMMANDS = {
    "certify": "Run the test cases that apply to a product, and report.",
    "station": "Run a product's charging station against a CSMS.",
    "cases": "List the test cases, which of them apply to a product, and why.",
    "selftest": "Show which wrong stations the lab notices.",
}

COULD_NOT_RUN, INTERRUPTED = 2, 130


class Commands(click.Group):
    """A group that knows its commands by name, and their help by heart."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"plugfest.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="plugfest", message="%(prog)s %(version)s")
def plugfest() -> None:
    """An OCPP charging station, and the lab that tests it or anybody else's."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line.

    A command returns its exit code (0 where it returns nothing). What the user got wrong is one line on stderr, and 2.
    """
    try:
        code = plugfest.main(arguments, prog_name="plugfest", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"plugfest: {error.format_message()}", err=True)
        sys.exit(COULD_NOT_RUN)
    except click.Abort:
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)
