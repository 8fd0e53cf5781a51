"""`plugfest misbehaviours`: lists what a virtual station can do wrong on demand."""

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.product import METAVAR


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
@executed_by("misbehaviours")
def command() -> None:
    """List what a virtual station can do wrong on demand: id, OCPP version, messages, requirement, what it does.

    With WORDS only what has all of them in its id, its messages or its description.

    `plugfest station --misbehave ID` takes the ids. The wrong stations are those of the self-test. A transport fault
    concerns any message and any OCPP version; it is not listed with --message or --requirement.
    """
