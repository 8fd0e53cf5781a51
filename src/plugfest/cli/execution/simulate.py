"""`plugfest simulate`: stations in simulated worlds of drivers, CSMS and faults, each from a seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from plugfest.cli.interruption import Interruption, interruptible
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.values.parallel_runs import write_results
from plugfest.clock import SystemClock
from plugfest.products import ProductError
from plugfest.reports.model.wording import counted
from plugfest.rig.simulation.campaign import SeedReport, detect_defects, run_seeds
from plugfest.rig.simulation.defects import DEFECTS, Detection
from plugfest.rig.simulation.run import run_world
from plugfest.rig.simulation.shrinking import shortened
from plugfest.rig.simulation.story import frame_lines, story
from plugfest.rig.simulation.worlds.generation import generate

HELD, BROKEN = 0, 1

DEFECT_SEEDS: Final = 1000
"""In how many seeds each planted defect has to be found."""


class BrokenSeed(msgspec.Struct, frozen=True, kw_only=True):
    """A seed whose world breaks a rule. `story` is shortened."""

    seed: int
    product: str
    rule: str
    requirement: str
    problem: str
    story: tuple[str, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The result as it is written to the JSON file. `simulated_hours` of stations; `seconds` that it took."""

    first_seed: int
    seeds: int
    seconds: float
    seeds_per_second: float
    simulated_hours: float
    frames: int
    interrupted: bool
    broken: tuple[BrokenSeed, ...]


def execute(
    seeds: int,
    first: int,
    minutes: float | None,
    seed: int | None,
    frames: bool,
    product: str | None,
    keep_going: bool,
    defects: bool,
    processes: int,
    json_file: Path | None,
) -> int:
    """Run the worlds. Returns the exit code. Raises ClickException."""
    console = TerminalConsole(soft_wrap=True)
    try:
        if defects:
            return _show_defects(console, processes)
        if seed is not None:
            return _show_seed(console, seed, product, frames=frames)
        generate(first, product)
    except ProductError as error:
        raise click.ClickException(str(error)) from None
    numbers: Iterable[int] = itertools.count(first) if minutes is not None else range(first, first + seeds)
    until = None if minutes is None else SystemClock().now() + timedelta(minutes=minutes)
    campaign = _Campaign(first, product, keep_going=keep_going)
    with interruptible() as interruption:
        campaign.run(_until(run_seeds(numbers, product, processes), until), None if minutes else seeds)
    return campaign.finish(console, json_file, interruption)


class _Campaign:
    """Counts the seeds, and collects those that break a rule."""

    def __init__(self, first: int, product: str | None, *, keep_going: bool) -> None:
        self._first = first
        self._product = product
        self._keep_going = keep_going
        self._began = SystemClock().now()
        self._reports: list[SeedReport] = []
        self._interrupted = False

    def run(self, reports: Iterator[SeedReport], total: int | None) -> None:
        console = TerminalConsole(stderr=True)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("seeds", total=total)
            try:
                for report in reports:
                    self._reports.append(report)
                    progress.update(task, advance=1, description=f"seeds, {self._rate():.0f} a second")
                    if report.violation is not None and not self._keep_going:
                        return
            except KeyboardInterrupt:
                self._interrupted = True

    def finish(self, console: Console, json_file: Path | None, interruption: Interruption) -> int:
        """Print the results, write the file, and return the exit code."""
        summary = self._summary()
        for broken in summary.broken:
            console.print(f"seed {broken.seed} ({broken.product}) breaks a rule:", style="red")
            for line in broken.story:
                console.print(f"  {line}")
            console.print(f"  again: plugfest simulate --seed {broken.seed}{self._option()}")
        console.print(
            f"{counted(summary.seeds, 'seed')} in {summary.seconds:.0f} s, {summary.seeds_per_second:.1f} a second,"
            f" {summary.simulated_hours:.0f} simulated hours, {counted(summary.frames, 'frame')}:"
            f" {counted(len(summary.broken), 'broken rule')}"
        )
        write_results(json_file, msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
        if self._interrupted:
            console.print(f"{interruption.text}. The next seed: --first {self._first + summary.seeds}{self._option()}")
            return interruption.exit_code
        return BROKEN if summary.broken else HELD

    def _option(self) -> str:
        return "" if self._product is None else f" --product {self._product}"

    def _rate(self) -> float:
        return len(self._reports) / max(self._seconds(), 0.001)

    def _seconds(self) -> float:
        return (SystemClock().now() - self._began).total_seconds()

    def _summary(self) -> Summary:
        seconds = self._seconds()
        return Summary(
            first_seed=self._first,
            seeds=len(self._reports),
            seconds=round(seconds, 1),
            seeds_per_second=round(len(self._reports) / max(seconds, 0.001), 1),
            simulated_hours=round(sum(report.seconds for report in self._reports) / 3600, 1),
            frames=sum(report.frames for report in self._reports),
            interrupted=self._interrupted,
            broken=tuple(self._broken(report) for report in self._reports if report.violation is not None),
        )

    def _broken(self, report: SeedReport) -> BrokenSeed:
        assert report.violation is not None
        outcome = shortened(run_world(generate(report.seed, self._product)))
        return BrokenSeed(
            seed=report.seed,
            product=report.product,
            rule=report.violation.rule,
            requirement=report.violation.requirement,
            problem=report.violation.problem,
            story=tuple(story(outcome)),
        )


def _until(reports: Iterator[SeedReport], until: datetime | None) -> Iterator[SeedReport]:
    for report in reports:
        yield report
        if until is not None and SystemClock().now() >= until:
            return


def _show_seed(console: Console, seed: int, product: str | None, *, frames: bool) -> int:
    """Print the story of a seed; shortened if it breaks a rule."""
    outcome = run_world(generate(seed, product))
    if outcome.violation is not None:
        outcome = shortened(outcome)
    console.print(f"seed {seed} ({outcome.world.product}), {counted(len(outcome.world.events), 'event')}")
    for line in (*story(outcome), *(frame_lines(outcome) if frames else ())):
        console.print(f"  {line}")
    return HELD if outcome.violation is None else BROKEN


def _show_defects(console: Console, processes: int) -> int:
    found: Sequence[Detection] = sorted(detect_defects(DEFECT_SEEDS, processes), key=lambda each: each.seeds)
    for each in found:
        if each.violation is None:
            console.print(f"not found  {each.defect}", style="red")
        else:
            console.print(f"{each.seeds:4} seeds  {each.defect}: {each.violation.rule}")
    missed = sum(each.violation is None for each in found)
    console.print(f"{len(DEFECTS) - missed} of {counted(len(DEFECTS), 'planted defect')} found")
    return BROKEN if missed else HELD
