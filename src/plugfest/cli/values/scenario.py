"""The options of `plugfest station` for scenarios."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

import click

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

_QUIET: Final = 2.0
"""Seconds without an outstanding message after which a station has reacted to the last step."""

_LONGEST_END: Final = 60.0
"""Seconds after which the command ends although messages are outstanding: more than a CSMS has for an answer."""

_LOOK: Final = 0.1

_SEEDS: Final = 1_000_000
"""Without --scenario-seed, one of so many."""


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
                await _until_settled(virtual, show)
                return
        await asyncio.Event().wait()


async def _until_settled(virtual: VirtualStation, show: Callable[[str], None]) -> None:
    """Wait until the messages of the station are answered; show how many are left if that takes too long."""
    loop = asyncio.get_running_loop()
    quiet_since = begin = loop.time()
    while loop.time() - quiet_since < _QUIET:
        await asyncio.sleep(_LOOK)
        count = _outstanding(virtual)
        if count and loop.time() - begin >= _LONGEST_END:
            show(f"stops after {_LONGEST_END:.0f} s with {count} message{'s' if count > 1 else ''} not answered")
            return
        if count:
            quiet_since = loop.time()


def _outstanding(virtual: VirtualStation) -> int:
    """How many messages are queued or not answered, with the BootNotification; none if nothing can be sent."""
    running = virtual.station.station
    if running is None or not virtual.station.network_up:
        return 0
    return running.outstanding + (not virtual.control.state().accepted)


def chosen_scenario(
    *, scenario: str | None, replay: Path | None, scenario_seed: int | None, compress: float, exit_at_end: bool
) -> ChosenScenario:
    """What these options choose. Raises ClickException."""
    found = _scenario(scenario, replay)
    if found is None and (exit_at_end or scenario_seed is not None or compress != 1.0):
        raise click.UsageError("--exit, --scenario-seed and --compress need --scenario or --replay.")
    return ChosenScenario(found, scenario_seed, compress, exit_at_end=exit_at_end)


def _scenario(name_or_path: str | None, log: Path | None) -> Scenario | None:
    if name_or_path is not None and log is not None:
        raise click.UsageError("give --scenario or --replay, not both.")
    try:
        if log is not None:
            return parse_scenario(str(log), scenario_of_log(log).encode())
        return None if name_or_path is None else load_scenario(name_or_path)
    except (InvalidFile, LogError) as error:
        raise click.ClickException(str(error)) from None
