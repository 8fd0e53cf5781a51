"""What a virtual station has to do wrong. What it needs is imported only if something was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from plugfest.cli.options.adding import Command, add_options
from plugfest.products import Product

if TYPE_CHECKING:
    from plugfest.rig.misbehaviour import Misbehaviours


def misbehaviour_options(command: Command) -> Command:
    """Add --misbehave and --misbehave-seed to a command, as its parameters `misbehave` and `misbehave_seed`."""
    return add_options(
        command,
        (
            click.option(
                "--misbehave",
                multiple=True,
                metavar="NAME[:PARAMETER=VALUE,...]",
                help="Do this wrong: a transport fault such as late:rate=0.2,seconds=1-5, or the id of a wrong station,"
                " or a part of it; `plugfest misbehaviours` lists them. May be repeated.",
            ),
            click.option(
                "--misbehave-seed",
                type=int,
                default=0,
                show_default=True,
                metavar="NUMBER",
                help="Seed of the chances of transport faults: the same seed repeats them.",
            ),
        ),
    )


def given_misbehaviours(texts: Sequence[str], product: Product, seed: int) -> Misbehaviours | None:
    """The misbehaviours that the user gives; None if there are none. Raises ClickException."""
    if not texts:
        return None
    from plugfest.rig.misbehaviour import MisbehaviourError, parse

    try:
        return parse(texts, product, seed)
    except MisbehaviourError as error:
        raise click.ClickException(f"--misbehave {error}") from None
