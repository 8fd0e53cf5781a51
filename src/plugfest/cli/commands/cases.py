"""`plugfest cases`: every case of a product's OCPP version, whether it applies, and why."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import groupby

import click
import msgspec

from plugfest.lab.selection import implemented
from plugfest.products import Product, ProductError, load_product
from plugfest.products.selection import SelectedCase, select


class Row(msgspec.Struct, frozen=True):
    """One case as it is printed; these are the keys of the JSON."""

    id: str
    name: str
    profile: str
    applies: bool
    reason: str
    implemented: bool


class Count(msgspec.Struct, frozen=True):
    """The cases of one profile; of those that apply, the lab has `written` so many."""

    profile: str
    total: int
    applying: int
    written: int


@click.command(
    epilog="""\b
Examples:
  plugfest cases --product alpitronic-hyc-200-eu
  plugfest cases --product my-station.toml --json"""
)
@click.option("--product", "product_name", required=True, metavar="P", help="A product of the catalog, or a PICS file.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(product_name: str, as_json: bool) -> None:
    """List every case of the product's OCPP version with whether it applies, and why."""
    try:
        product = load_product(product_name)
    except ProductError as error:
        raise click.ClickException(str(error)) from None
    rows = _rows(select(product), implemented(product.ocpp_version))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2))
    elif sys.stdout.isatty():
        _print_tables(product, rows)
    else:
        _print_lines(rows)


def _rows(selection: list[SelectedCase], written: frozenset[str]) -> list[Row]:
    return [Row(c.id, c.name, c.profile, c.applies, c.reason, c.id in written) for c in selection]


def _counts(rows: list[Row]) -> list[Count]:
    """Per profile in the plan's order, and all together."""
    applying = [row for row in rows if row.applies]
    total = Counter(row.profile for row in rows)
    applies = Counter(row.profile for row in applying)
    written = Counter(row.profile for row in applying if row.implemented)
    counts = [Count(profile, total[profile], applies[profile], written[profile]) for profile in total]
    return [*counts, Count("All profiles", len(rows), len(applying), written.total())]


def _print_lines(rows: list[Row]) -> None:
    """One case a line, its fields apart by tabs: for pipes."""
    for row in rows:
        click.echo("\t".join((row.id, "yes" if row.applies else "no", row.profile, row.name, row.reason)))
    for count in _counts(rows):
        click.echo(f"# {count.profile}: {count.applying} of {count.total} apply, {count.written} of them are written")


def _print_tables(product: Product, rows: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False)
    cases = Table(title=f"{product.vendor} {product.model}, OCPP {product.ocpp_version}")
    for heading, is_whole in (("Case", True), ("Applies", True), ("Name", False), ("Why", False)):
        cases.add_column(heading, no_wrap=is_whole, overflow="fold")
    for profile, of_profile in groupby(rows, key=lambda row: row.profile):
        cases.add_section()
        cases.add_row("", "", profile, "", style="bold")
        for row in of_profile:
            answer, style = ("yes", "") if row.applies else ("no", "dim")
            cases.add_row(row.id, answer, row.name, row.reason, style=style)
    counts = Table("Profile", "Cases", "Apply", "Written")
    for count in _counts(rows):
        counts.add_row(count.profile, str(count.total), str(count.applying), str(count.written))
    console.print(cases, counts)
