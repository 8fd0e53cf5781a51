"""`plugfest misbehaviours`: lists what a virtual station can do wrong on demand."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
import msgspec

from plugfest.cli.options.product import METAVAR
from plugfest.cli.options.station_arguments import virtual_product
from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.rig.misbehaviour import MisbehaviourError
from plugfest.rig.misbehaviour.listing import Row, listed


@click.command(
    epilog="""\b
Examples:
  plugfest misbehaviours seqno
  plugfest misbehaviours --message TransactionEvent
  plugfest misbehaviours --product chargepoint-ct4000 --requirement E01
  plugfest misbehaviours --json"""
)
@click.argument("words", nargs=-1)
@click.option("--product", metavar=METAVAR, help="Only what this product can do wrong.")
@click.option("--message", metavar="NAME", help="Only wrong stations that show their defect in this message.")
@click.option(
    "--requirement", metavar="ID", help="Only wrong stations that violate this requirement, such as E01.FR.07 or E01."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(
    words: Sequence[str], product: str | None, message: str | None, requirement: str | None, as_json: bool
) -> None:
    """List what a virtual station can do wrong on demand: id, OCPP version, messages, requirement, what it does.

    With WORDS only what has all of them in its id, its messages or its description.

    `plugfest station --misbehave ID` takes the ids. The wrong stations are those of the self-test. A transport fault
    concerns any message and any OCPP version; it is not listed with --message or --requirement.
    """
    try:
        rows = listed(None if product is None else virtual_product(product), message, requirement, words)
    except MisbehaviourError as error:
        raise click.ClickException(f"--message {error}") from None
    if as_json:
        write_document(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    elif not rows:
        echo("no misbehaviour fits", err=True)
    elif sys.stdout.isatty():
        _print_table(rows)
    else:
        for row in rows:
            echo("\t".join((row.id, row.ocpp_version or "", ", ".join(row.messages), row.requirement or "", row.does)))


def _print_table(rows: Sequence[Row]) -> None:
    from rich.table import Table

    from plugfest.cli.terminal.console import TerminalConsole

    table = Table("Id", "OCPP", "Messages", "Requirement", "What it does")
    for row in rows:
        parameters = f" ({', '.join(row.parameters)})" if row.parameters else ""
        does = f"{row.does}{parameters}"
        table.add_row(row.id, row.ocpp_version or "", ", ".join(row.messages), row.requirement or "", does)
    TerminalConsole().print(table)
