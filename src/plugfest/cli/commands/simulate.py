"""`plugfest simulate`: stations in simulated worlds of drivers, CSMS and faults, each from a seed."""

from typing import Final

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.finite_range import FiniteRange
from plugfest.cli.options.parallel_runs import parallel_run_options

SEEDS: Final = 1000


@click.command(
    epilog="""\b
Examples:
  plugfest simulate --seeds 10000
  plugfest simulate --minutes 60 --keep-going --json simulation.json
  plugfest simulate --seed 4711
  plugfest simulate --seed 4711 --product reference-16-ac --frames
  plugfest simulate --defects"""
)
@click.option("--seeds", type=click.IntRange(1), default=SEEDS, show_default=True, help="Number of seeds.")
@click.option("--first", type=click.IntRange(0), default=1, show_default=True, help="The first seed.")
@click.option("--minutes", type=FiniteRange(0, min_open=True), help="Run for so long instead of --seeds.")
@click.option("--seed", type=click.IntRange(0), help="Run only this seed and print its story.")
@click.option("--frames", is_flag=True, help="With --seed: print every frame.")
@click.option("--product", metavar="NAME_OR_FILE", help="Run all seeds with this product.")
@click.option("--keep-going", is_flag=True, help="Do not stop at the first rule that is broken.")
@click.option("--defects", is_flag=True, help="Run planted defects and show in how many seeds each is found.")
@parallel_run_options
@executed_by("simulate")
def command() -> None:
    """Run our stations in simulated worlds, and check their invariants after every event.

    A world is one station of a product of the catalog with its EVs, drivers and CSMS, and with faults of the network,
    the CSMS, the clock, the power and the hardware. Everything in it follows from its seed: the same seed is the same
    world, frame by frame. It runs in memory and in simulated time: an hour takes some ten milliseconds.

    A rule that is broken is shown with its story, shortened to the events that are needed.

    Exit code 0: no rule was broken (with --defects: each defect was found). 1: otherwise. 2: could not run.
    """
