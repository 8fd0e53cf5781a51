"""`plugfest cases`: lists the cases of a product's OCPP version, and whether and why each applies."""

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.cases import case_options
from plugfest.cli.options.product import product_argument


@click.command(
    epilog="""\b
Examples:
  plugfest cases alpitronic-hyc-200-eu
  plugfest cases my-station.toml --json
  plugfest cases my-station.toml --block E --profile Core"""
)
@product_argument
@case_options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@executed_by("cases")
def command() -> None:
    """List every case of the product's OCPP version, whether it applies, and why.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file.

    At the end are the cases of the test case document that the certification
    program does not have: `plugfest certify` runs them only with --case. After
    them, the cases that apply by some editions of the specification and its
    errata only.
    """
