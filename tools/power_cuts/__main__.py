"""Command line of the power cuts."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

import click
from tools.power_cuts.defects import DEFECTS
from tools.power_cuts.v16 import World16
from tools.power_cuts.v201 import World201
from tools.power_cuts.world import World

WORLDS = ((World201, False), (World16, False), (World201, True), (World16, True))

STATIONS = 16
"""So many side by side: a station waits most of the time."""


async def run(kills: int, seed: int, rounds: int, stations: int, defect: str = "") -> list[World]:
    """The stations side by side, each with its share of the kills, in rounds with new ones; a report after each."""
    finished: list[World] = []
    began = time.monotonic()
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            worlds = [
                kind(_folder(folder, index), seed + number * stations + index, tls=tls, defect=defect)
                for index, (kind, tls) in enumerate(islice(cycle(WORLDS), stations))
            ]
            share = -(-kills // (stations * rounds))
            await asyncio.gather(*(lose_power_often(world, share) for world in worlds))
            finished += worlds
            report(finished, time.monotonic() - began)
    return finished


def _folder(parent: str, index: int) -> Path:
    folder = Path(parent) / str(index)
    folder.mkdir()
    return folder


async def lose_power_often(world: World, kills: int) -> None:
    """Set up a station, kill it so often, and check everything at the end."""
    await world.set_up(free_port())
    for _ in range(kills):
        before = len(world.findings)
        await world.lose_power()
        for finding in world.findings[before:]:
            click.echo(f"{world.name}: {finding}", err=True)
    await world.settle()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def report(worlds: list[World], seconds: float) -> None:
    """Print the figures."""
    cuts: Counter[str] = sum((world.cuts for world in worlds), Counter())
    counts: Counter[str] = sum((world.counts for world in worlds), Counter())
    findings = [f"{world.name}: {finding}" for world in worlds for finding in world.findings]
    click.echo(f"{cuts.total()} SIGKILLs in {seconds:.0f} s, {cuts['a random moment']} of them at random moments")
    for name, count in cuts.most_common():
        click.echo(f"  {count:5}  {name}")
    click.echo("what the stations did and was compared")
    for name, count in counts.most_common():
        click.echo(f"  {count:5}  {name.replace('_', ' ')}")
    click.echo(f"{len(findings)} findings")
    for finding in findings:
        click.echo(f"  {finding}")


@click.command()
@click.option("--kills", default=1000, show_default=True, help="How many SIGKILLs, over all stations.")
@click.option("--rounds", default=1, show_default=True, help="How often new stations begin.")
@click.option("--seed", default=1, show_default=True)
@click.option("--stations", default=STATIONS, show_default=True, help="How many stations run side by side.")
@click.option("--defect", default="", type=click.Choice(["", *DEFECTS]), help="Plant a defect, which has to be found.")
def command(kills: int, rounds: int, seed: int, stations: int, defect: str) -> None:
    """Kill stations of both OCPP versions, and check what they have kept.

    Exit code 0: nothing was lost. 1: otherwise.
    """
    os.nice(10)
    worlds = asyncio.run(run(kills, seed, rounds, stations, defect))
    sys.exit(any(world.findings for world in worlds))


if __name__ == "__main__":
    command()
