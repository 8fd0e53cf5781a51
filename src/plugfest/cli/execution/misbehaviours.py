"""`plugfest misbehaviours`: lists what a virtual station can do wrong on demand."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches

import click
import msgspec

from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.cli.values.station_arguments import virtual_product
from plugfest.ocpp.versions import V16, V201
from plugfest.rig.misbehaviour.faults import KINDS, FaultKind
from plugfest.rig.misbehaviour.wrong_stations import Suitability, WrongStation, wrong_stations


class Row(msgspec.Struct, frozen=True):
    """A misbehaviour as it is printed. The field names are the keys of the JSON.

    `kind`: wrong station or transport fault. Only a wrong station has an OCPP version, messages, a requirement and
    cases, only a transport fault has parameters.
    """

    id: str
    kind: str
    does: str
    ocpp_version: str | None = None
    messages: tuple[str, ...] = ()
    requirement: str | None = None
    cases: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def execute(product: str | None, message: str | None, requirement: str | None, as_json: bool) -> None:
    """Print the misbehaviours. Raises ClickException."""
    if message is not None:
        _check_message(message)
    rows = [_of_fault(each) for each in KINDS.values()] if message is None and requirement is None else []
    rows += [_of_wrong_station(each) for each in _chosen(product, message, requirement)]
    if as_json:
        write_document(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    elif not rows:
        echo("no misbehaviour fits", err=True)
    elif sys.stdout.isatty():
        _print_table(rows)
    else:
        for row in rows:
            echo("\t".join((row.id, row.ocpp_version or "", ", ".join(row.messages), row.requirement or "", row.does)))


def _chosen(product: str | None, message: str | None, requirement: str | None) -> Sequence[WrongStation]:
    every: Sequence[WrongStation] = wrong_stations()
    if product is not None:
        every = Suitability(virtual_product(product)).fitting(every)
    return [
        each
        for each in every
        if (message is None or message in each.messages) and (requirement is None or _violates(each, requirement))
    ]


def _violates(wrong: WrongStation, requirement: str) -> bool:
    """Whether it violates the requirement, or one of the use case."""
    wanted = requirement.lower()
    own = (each.strip().lower() for each in wrong.requirement.split(","))
    return any(each == wanted or each.startswith(f"{wanted}.") for each in own)


def _check_message(message: str) -> None:
    known = {*V16.requests, *V201.requests}
    if message not in known:
        near = get_close_matches(message, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.ClickException(f"--message {message}: OCPP has no such message{hint}")


def _of_fault(fault: FaultKind) -> Row:
    return Row(fault.name, "transport fault", fault.does, parameters=fault.parameters)


def _of_wrong_station(wrong: WrongStation) -> Row:
    return Row(
        wrong.id, "wrong station", wrong.does, wrong.ocpp_version, wrong.messages, wrong.requirement, wrong.cases
    )


def _print_table(rows: Sequence[Row]) -> None:
    from rich.table import Table

    from plugfest.cli.terminal.console import TerminalConsole

    table = Table("Id", "OCPP", "Messages", "Requirement", "What it does")
    for row in rows:
        parameters = f" ({', '.join(row.parameters)})" if row.parameters else ""
        does = f"{row.does}{parameters}"
        table.add_row(row.id, row.ocpp_version or "", ", ".join(row.messages), row.requirement or "", does)
    TerminalConsole().print(table)
