"""`plugfest cases`: lists the cases of a product's OCPP version, and whether and why each applies."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import click
import msgspec

from plugfest.campaigns.choosing import requested_cases
from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.lab.selection import implemented
from plugfest.products import Product, ProductError, load_product
from plugfest.products.changes import SelectionChange, changes
from plugfest.products.plan.requested import NotInPlan, RequestedCases
from plugfest.products.selection import SelectedCase, select, select_withdrawn, titled

WITHDRAWN = "Withdrawn from the certification program"
NOT_IN_PROGRAM = "not applicable: withdrawn from the certification program; by its id: "


class Row(msgspec.Struct, frozen=True):
    """A case as it is printed. The field names are the keys of the JSON."""

    id: str
    name: str
    profile: str
    applies: bool
    reason: str
    implemented: bool
    words: str
    """The reason with the titles of the features beside their ids."""
    withdrawn: bool = False
    """Whether the certification program does not have it: it never applies, and is run only by its id."""
    changes: tuple[SelectionChange, ...] = ()
    """Since which editions of the specification and its errata it applies or does not."""


class Count(msgspec.Struct, frozen=True):
    """The number of cases of a profile, of those that apply, and of those that apply and are implemented."""

    profile: str
    total: int
    applicable: int
    implemented: int


def execute(product: str, as_json: bool, **options: Any) -> None:
    """Print every case, or the requested ones. Raises ClickException."""
    try:
        loaded = load_product(product)
        rows = _requested_rows(loaded, requested_cases(options))
    except (ProductError, NotInPlan) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        write_document(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    elif sys.stdout.isatty():
        _print_tables(loaded, rows)
    else:
        _print_lines(loaded, rows)


def _requested_rows(product: Product, requested: RequestedCases) -> list[Row]:
    """Every case, or the requested ones. Raises NotInPlan."""
    written = implemented(product.ocpp_version)
    rows = _rows(product, select(product), written, changes(product))
    withdrawn = _rows(product, select_withdrawn(product), written, withdrawn=True)
    if requested.every_case:
        return [*rows, *withdrawn]
    return requested.of(rows, withdrawn, [product.ocpp_version])


def _rows(
    product: Product,
    selection: list[SelectedCase],
    implemented_ids: frozenset[str],
    changed: Sequence[SelectionChange] = (),
    *,
    withdrawn: bool = False,
) -> list[Row]:
    changes_of = {id: tuple(group) for id, group in groupby(changed, key=lambda change: change.id)}
    return [
        Row(
            id=case.id,
            name=case.name,
            profile=case.profile,
            applies=case.applies and not withdrawn,
            reason=f"{NOT_IN_PROGRAM}{case.reason}" if withdrawn else case.reason,
            implemented=case.id in implemented_ids,
            words=titled(case.reason, product.feature_catalog),
            withdrawn=withdrawn,
            changes=changes_of.get(case.id, ()),
        )
        for case in selection
    ]


def _answer(row: Row) -> str:
    if row.withdrawn:
        return "withdrawn"
    return "yes" if row.applies else "no"


def _counts(rows: list[Row]) -> list[Count]:
    """The counts by profile in the order of the plan, and those of all profiles together."""
    rows = [row for row in rows if not row.withdrawn]
    applicable = [row for row in rows if row.applies]
    total = Counter(row.profile for row in rows)
    applies = Counter(row.profile for row in applicable)
    implemented_of = Counter(row.profile for row in applicable if row.implemented)
    counts = [Count(profile, total[profile], applies[profile], implemented_of[profile]) for profile in total]
    return [*counts, Count("All profiles", len(rows), len(applicable), implemented_of.total())]


def _print_lines(product: Product, rows: list[Row]) -> None:
    """A case per line with its fields separated by tabs, for pipes."""
    for row in rows:
        echo("\t".join((row.id, _answer(row), row.profile, row.name, row.words)))
    for row in rows:
        for change in row.changes:
            echo(f"# {titled(change.line, product.feature_catalog)}")
    for count in _counts(rows):
        echo(f"# {count.profile}: {count.applicable} of {count.total} apply, {count.implemented} of them implemented")


def _print_tables(product: Product, rows: list[Row]) -> None:
    from rich.table import Table

    from plugfest.cli.terminal.console import TerminalConsole

    console = TerminalConsole()
    cases = Table(title=f"{product.vendor} {product.model}, OCPP {product.ocpp_version} Edition {product.edition}")
    for heading, no_wrap in (("Case", True), ("Applies", True), ("Name", False), ("Reason", False)):
        cases.add_column(heading, no_wrap=no_wrap, overflow="fold")
    for heading, rows_below in groupby(rows, key=lambda row: WITHDRAWN if row.withdrawn else row.profile):
        cases.add_section()
        cases.add_row("", "", heading, "", style="bold")
        for row in rows_below:
            cases.add_row(row.id, _answer(row), row.name, row.words, style="" if row.applies else "dim")
    counts = Table("Profile", "Cases", "Apply", "Implemented")
    for count in _counts(rows):
        counts.add_row(count.profile, str(count.total), str(count.applicable), str(count.implemented))
    console.print(cases, counts)
    lines = [titled(change.line, product.feature_catalog) for row in rows for change in row.changes]
    if lines:
        console.print("By some editions of the specification and its errata only:", *lines, sep="\n  ")
