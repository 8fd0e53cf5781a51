"""The `plugfest` command. The module of a sub-command is imported when it is called, so that --help stays fast."""

from __future__ import annotations

import errno
import importlib
import sys
import warnings
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

import click

from plugfest.cli.interruption import Interruption, ending_at_once, interruptible
from plugfest.cli.terminal import standard_output

# Modules in `plugfest.cli.commands`, each with a click command called `command`, and their descriptions.
COMMANDS = {
    "init": "Write the PICS of a product: a template, or from its station or form.",
    "certify": "Run the test cases that apply to a product and write a report.",
    "connect": "Show how to connect your station to the lab, and why it does not connect yet.",
    "serve": "Serve campaigns, runs, products and virtual stations as web pages.",
    "station": "Run a product's charging station against a CSMS.",
    "fleet": "Run many stations against a CSMS, with live figures.",
    "scenarios": "List and check what can happen at a station by itself; make it from logs.",
    "misbehaviours": "List what a virtual station can do wrong on demand.",
    "firmware": "Make firmware images and signatures for a virtual station.",
    "v2g": "Make certificates of ISO 15118 to try plug and charge with, and run their OCSP responder.",
    "products": "List the products of the catalog.",
    "cases": "List the test cases, which of them apply to a product, and why.",
    "report": "Convert the JSON of a report to the other formats.",
    "verify": "Verify the signature of a report.",
    "selftest": "Show which wrong stations the lab detects.",
    "mcp": "Serve tools for assistants (Model Context Protocol).",
    "simulate": "Run stations in simulated worlds with faults, each from a seed.",
}

COULD_NOT_RUN = 2

_WARNINGS = ("Parsed a serial number which wasn't positive", "Attribute's length must be")
"""Of cryptography, about certificates and requests from outside: public roots with serial number 0 exist."""


class Commands(click.Group):
    """Lists the sub-commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with ending_at_once():
            module = importlib.import_module(f"plugfest.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"The commands are {', '.join(COMMANDS)}."
            ctx.fail(f"No such command '{args[0]}'. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=Commands,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  plugfest init --listen ws://192.168.1.10:9000 -o my-station.toml
  plugfest certify alpitronic-hyc-200-eu
  plugfest cases my-station.toml
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000""",
)
@click.version_option(package_name="plugfest", message="%(prog)s %(version)s")
@click.pass_context
def plugfest(ctx: click.Context) -> int:
    """An OCPP charging station, and a conformance test lab for any OCPP charging station."""
    if ctx.invoked_subcommand is None:
        standard_output.echo(ctx.get_help(), err=True)
    return COULD_NOT_RUN


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line.

    The exit code is that of the command (0 if it returns none). A mistake of the user is one line on standard error
    and exit code 2.
    """
    standard_output.replace_unencodable_characters()
    for text in _WARNINGS:
        warnings.filterwarnings("ignore", text)
    with interruptible() as interruption:
        _run(arguments, interruption)


def _run(arguments: Sequence[str] | None, interruption: Interruption) -> NoReturn:
    try:
        code = plugfest.main(arguments, prog_name="plugfest", standalone_mode=False)
    except click.ClickException as error:
        standard_output.echo(f"plugfest: {error.format_message()}{_help_hint(error)}", err=True)
        sys.exit(COULD_NOT_RUN)
    except click.Abort:
        standard_output.echo(interruption.line, err=True)
        sys.exit(interruption.exit_code)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        standard_output.discard_further_output()
        standard_output.echo(f"plugfest: cannot write to standard output: {error.strerror}", err=True)
        sys.exit(COULD_NOT_RUN)
    sys.exit(code if isinstance(code, int) else 0)


def _help_hint(error: click.ClickException) -> str:
    """A reference to --help after a wrong call."""
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    return f" See {error.ctx.command_path} --help."
