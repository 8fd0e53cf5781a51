"""`plugfest products`: lists the products of the catalog."""

from __future__ import annotations

import sys

import msgspec

from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.products import load_product, product_names
from plugfest.products.selection import select


class Row(msgspec.Struct, frozen=True):
    """A product as it is printed. The field names are the keys of the JSON.

    `cases` is the number of cases that apply to it.
    """

    name: str
    vendor: str
    model: str
    ocpp_version: str
    edition: int
    profiles: tuple[str, ...]
    cases: int


def execute(as_json: bool) -> None:
    """Print the products."""
    rows = [_row(name) for name in product_names()]
    if as_json:
        write_document(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    elif sys.stdout.isatty():
        _print_table(rows)
    else:
        for row in rows:
            fields = (row.name, row.ocpp_version, str(row.cases), f"{row.vendor} {row.model}", ", ".join(row.profiles))
            echo("\t".join(fields))


def _row(name: str) -> Row:
    product = load_product(name)
    order = product.feature_catalog.profiles
    return Row(
        name=name,
        vendor=product.vendor,
        model=product.model,
        ocpp_version=product.ocpp_version,
        edition=product.edition,
        profiles=tuple(sorted(product.profiles, key=order.index)),
        cases=sum(case.applies for case in select(product)),
    )


def _print_table(rows: list[Row]) -> None:
    from rich.table import Table

    from plugfest.cli.terminal.console import TerminalConsole

    table = Table("Name", "OCPP", "Cases", "Product", "Profiles")
    table.columns[0].no_wrap = True
    table.columns[2].justify = "right"
    for row in rows:
        table.add_row(row.name, row.ocpp_version, str(row.cases), f"{row.vendor} {row.model}", ", ".join(row.profiles))
    TerminalConsole().print(table)
