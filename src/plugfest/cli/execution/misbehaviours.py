"""`plugfest misbehaviours`: lists what a virtual station can do wrong on demand."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
import msgspec

from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.cli.values.station_arguments import virtual_product
from plugfest.rig.misbehaviour import MisbehaviourError
from plugfest.rig.misbehaviour.listing import Row, listed


def execute(
    words: Sequence[str], product: str | None, message: str | None, requirement: str | None, as_json: bool
) -> None:
    """Print the misbehaviours. Raises ClickException."""
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
