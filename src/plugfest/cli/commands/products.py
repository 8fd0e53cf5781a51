"""`plugfest products`: lists the products of the catalog."""

import click

from plugfest.cli.calling import executed_by


@click.command(
    epilog="""\b
Examples:
  plugfest products
  plugfest products --json"""
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@executed_by("products")
def command() -> None:
    """List the products of the catalog: OCPP version, profiles, number of cases that apply.

    The names are those that `plugfest certify`, `station` and `cases` take. `plugfest init` writes a file for a
    product of your own.
    """
