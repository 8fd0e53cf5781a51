"""Every step of a scenario with the drivers that it can have, without performing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from plugfest.scenarios.model import Iterations, Operate, PlacedStep, Scenario, Sequence
from plugfest.scenarios.operating import BY_NAME, required_of_driver
from plugfest.toml_files.problems import Problem


class Driver(NamedTuple):
    """Whose steps they are. `place`: as in Iterations; `tokens`: the name of a set."""

    place: int | str | None = None
    tokens: str | None = None


def walk(scenario: Scenario) -> Iterator[tuple[PlacedStep, Driver]]:
    """Every step that can be reached, once for each kind of driver."""
    known: set[tuple[str, Driver]] = set()
    remaining: list[tuple[Sequence, Driver]] = [(scenario.steps, Driver())]
    while remaining:
        steps, driver = remaining.pop()
        for placed in steps:
            yield placed, driver
            inner = _inner(placed, driver)
            for name in names_of(placed):
                if (name, inner) not in known:
                    known.add((name, inner))
                    remaining.append((scenario.sequences[name], inner))


def names_of(placed: PlacedStep) -> tuple[str, ...]:
    """The sequences that a step can run."""
    step = placed.step
    return (*step.sequences, *((step.policy,) if step.runs_at_failure else ()))


def structure_problems(scenario: Scenario) -> Iterator[Problem]:
    """Steps without what they need, sequences that no step runs, and such that run themselves."""
    for placed, driver in walk(scenario):
        if isinstance(placed.step, Operate):
            yield from _missing(placed, placed.step, driver)
    used = {name for placed, _ in walk(scenario) for name in names_of(placed)}
    for name in scenario.sequences:
        if name not in used:
            yield Problem(("sequences", name), "is not run by any step", "name it in a step, or remove it")
        elif name in _reached_from(scenario, name):
            yield Problem(("sequences", name), "runs itself", 'use a step with do = "repeat"')


def _missing(placed: PlacedStep, step: Operate, driver: Driver) -> Iterator[Problem]:
    """What an operation needs, and neither the step nor a driver has."""
    of_driver = {"evse_id": ("an EVSE: evse = ...", driver.place), "id_token": ("a token: token = ...", driver.tokens)}
    for name in required_of_driver(BY_NAME[step.operation]):
        what, found = of_driver.get(name, ("", ""))
        if found is None and name not in step.arguments:
            yield Problem((*placed.key, name), "is missing", f"write it, or give the driver {what}")


def _inner(placed: PlacedStep, driver: Driver) -> Driver:
    step = placed.step
    if not isinstance(step, Iterations):
        return driver
    return Driver(driver.place if step.evse is None else step.evse, step.token or driver.tokens)


def _reached_from(scenario: Scenario, name: str) -> set[str]:
    """The sequences that a sequence runs, directly or by others."""
    reached: set[str] = set()
    remaining = [name]
    while remaining:
        for placed in scenario.sequences[remaining.pop()]:
            new = set(names_of(placed)) - reached
            reached |= new
            remaining += new
    return reached
