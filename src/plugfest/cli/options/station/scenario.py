"""The options of `plugfest station` for scenarios."""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import click

from plugfest.cli.finite_range import FiniteRange
from plugfest.cli.options.adding import Command, add_options
from plugfest.products import Product
from plugfest.scenarios.events import ScenarioFailed
from plugfest.scenarios.file import load_scenario, parse_scenario
from plugfest.scenarios.logs import LogError, scenario_of_log
from plugfest.scenarios.model import Scenario
from plugfest.scenarios.possible import check_possible
from plugfest.scenarios.runner import perform
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.toml_files.problems import InvalidFile

DONE, FAILED = 0, 1

_LAST_REACTION: Final = 3.0
"""Seconds that a station has to react to the last step before the command ends."""

_SEEDS: Final = 1_000_000
"""Without --scenario-seed, one of so many."""

_OPTIONS: Final = (
    click.option(
        "--scenario",
        metavar="NAME_OR_FILE",
        help="Perform a scenario: a name that `plugfest scenarios` lists, or a .toml file.",
    ),
    click.option(
        "--replay",
        type=click.Path(path_type=Path),
        metavar="LOG",
        help="Perform what people did according to a log: a file with frames, or the folder of a run.",
    ),
    click.option("--scenario-seed", type=int, help="Seed of its random choices.  [default: a new one, which is shown]"),
    click.option(
        "--compress",
        type=FiniteRange(min=1.0),
        default=1.0,
        metavar="FACTOR",
        help="Make the pauses of the scenario shorter by this factor; the station does not work faster.",
    ),
    click.option(
        "--exit",
        "exit_at_end",
        is_flag=True,
        help="Stop when the scenario ends. Exit code 1: a wait was not reached, or an operation was refused.",
    ),
)


class ChosenScenario:
    """The scenario of a station, which may be none. `exit_code`: that of the command."""

    def __init__(self, scenario: Scenario | None, seed: int | None, compress: float, *, exit_at_end: bool) -> None:
        self._scenario = scenario
        self._seed = secrets.randbelow(_SEEDS) if seed is None else seed
        self._compress = compress
        self._exit_at_end = exit_at_end
        self.exit_code = DONE

    def check(self, product: Product) -> None:
        """Raises ClickException if the product cannot do a step of it."""
        if self._scenario is not None:
            try:
                check_possible(self._scenario, product)
            except InvalidFile as error:
                raise click.ClickException(str(error)) from None

    async def perform(self, virtual: VirtualStation, show: Callable[[str], None]) -> None:
        """Perform it, and show each step. Returns only if the station has to stop."""
        if self._scenario is not None:
            show(f"scenario {self._scenario.file}, seed {self._seed}: {self._scenario.summary}")
            try:
                await perform(
                    virtual,
                    self._scenario,
                    Random(self._seed),
                    on_step=lambda event: show(f"scenario: {event}"),
                    compress=self._compress,
                )
                show("scenario: ended")
            except ScenarioFailed as error:
                self.exit_code = FAILED if self._exit_at_end else DONE
                show(f"scenario failed: {error}")
            if self._exit_at_end:
                await asyncio.sleep(_LAST_REACTION)
                return
        await asyncio.Event().wait()


def scenario_options(command: Command) -> Command:
    """Add the options to a command, which has them as its parameter `chosen`."""

    @functools.wraps(command)
    def with_scenario(
        *,
        scenario: str | None,
        replay: Path | None,
        scenario_seed: int | None,
        compress: float,
        exit_at_end: bool,
        **others: Any,
    ) -> Any:
        found = _scenario(scenario, replay)
        if found is None and (exit_at_end or scenario_seed is not None or compress != 1.0):
            raise click.UsageError("--exit, --scenario-seed and --compress need --scenario or --replay.")
        chosen = ChosenScenario(found, scenario_seed, compress, exit_at_end=exit_at_end)
        return command(chosen=chosen, **others)

    return add_options(with_scenario, _OPTIONS)  # type: ignore[return-value]


def _scenario(name_or_path: str | None, log: Path | None) -> Scenario | None:
    if name_or_path is not None and log is not None:
        raise click.UsageError("give --scenario or --replay, not both.")
    try:
        if log is not None:
            return parse_scenario(str(log), scenario_of_log(log).encode())
        return None if name_or_path is None else load_scenario(name_or_path)
    except (InvalidFile, LogError) as error:
        raise click.ClickException(str(error)) from None
