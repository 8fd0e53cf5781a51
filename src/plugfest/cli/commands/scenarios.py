"""`plugfest scenarios`: lists, prints and checks scenarios, and makes them from logs."""

from pathlib import Path

import click

from plugfest.cli.calling import executed_by


@click.command(
    epilog="""\b
Examples:
  plugfest scenarios
  plugfest scenarios commute
  plugfest scenarios --check my-scenario.toml --product chargepoint-ct4000
  plugfest scenarios --from-log station.log"""
)
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--check", metavar="NAME_OR_FILE", help="Report every error of a scenario, with its line.")
@click.option("--product", metavar="PRODUCT_OR_FILE", help="With --check: also the steps that this product cannot do.")
@click.option(
    "--from-log",
    "log",
    type=click.Path(path_type=Path),
    metavar="LOG",
    help="Print a scenario with what people did, from a file with frames or the folder of a run.",
)
@click.option("--json", "as_json", is_flag=True, help="List the scenarios as JSON.")
@executed_by("scenarios")
def command() -> None:
    """List the scenarios for `plugfest station --scenario`, or print the file of one.

    A scenario is what drivers, EVs, faults, the mains and the network do at a station: a TOML file, to copy and change.
    """
