"""The options for what a virtual station does wrong on demand."""

import click

from plugfest.cli.options.adding import Command, add_options


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
