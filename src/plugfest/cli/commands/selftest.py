"""`plugfest selftest`: tests the lab with wrong stations, which have one defect each, and with conforming variants."""

from typing import Final, Literal, get_args

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.cases import case_options
from plugfest.cli.options.parallel_runs import parallel_run_options
from plugfest.cli.options.product import products_argument

Kind = Literal["generated", "specification", "behaviours", "variants"]


SAMPLE: Final = 20
"""The number of changes of each case, unless another one is given."""

SEED: Final = "1"


@click.command(
    epilog="""\b
Examples:
  plugfest selftest --case TC_E_09
  plugfest selftest --only behaviours
  plugfest selftest --only specification --sample 100 --case TC_E_09
  plugfest selftest chargepoint-ct4000 --json mutants.json"""
)
@products_argument
@case_options
@click.option("--only", type=click.Choice(get_args(Kind)), help="Run only this kind of station.")
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=SAMPLE,
    show_default=True,
    help="Number of changes from the specification that are run with each case; 0: all of them.",
)
@click.option("--seed", default=SEED, show_default=True, help="Seed of the random selection of these changes.")
@click.option("--every-product", is_flag=True, help="Run variants as every product, not only as one for each case.")
@parallel_run_options
@executed_by("selftest")
def command() -> None:
    """Run test cases against wrong and conforming stations, and show which of them the cases accuse.

    PRODUCT_OR_FILE: only the cases of these products of the catalog, or of PICS files.

    There are three kinds of wrong stations. Generated from declared checks: for each check of a case, the smallest
    change of a message that breaks the check and is valid in the schema; also messages that are omitted, sent twice or
    not answered. Generated from the specification: a sample of all changes of all messages, whether or not a case
    checks them; a change that is not noticed is permitted by a clause, or it is a gap.
    Behaviours: stations that do something wrong, written from the requirements.

    Variants are conforming stations that use a freedom of the specification.

    Exit code 0: every case detects a wrong station; all cases together detect 98 percent of the mutants and every
    behaviour; of the changes from the specification, 95 percent in each version are noticed or permitted; and no case
    accuses a variant. 1: otherwise. 2: could not run.
    """
