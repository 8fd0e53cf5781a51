"""Performs a scenario at a virtual station."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from functools import partial
from random import Random
from typing import Any, Final

import msgspec

from plugfest.scenarios import values
from plugfest.scenarios.branch import Branch, Limit, seconds_until
from plugfest.scenarios.events import ScenarioFailed, StepEvent, StepState
from plugfest.scenarios.model import (
    ANY_FREE,
    CONTINUE,
    EACH,
    FAIL,
    NEXT,
    Arrivals,
    At,
    If,
    Iterations,
    OneOf,
    Operate,
    Parallel,
    Pause,
    PlacedStep,
    Repeat,
    Run,
    Scenario,
    Sequence,
    Step,
    TokenSet,
    Wait,
    WaitForMessage,
)
from plugfest.scenarios.operating import BY_NAME, body_of, fields_of_driver
from plugfest.station.control.commands import ControlError
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import RecordedFrame, Wanted
from plugfest.station.control.virtual_station import ConditionNotMet, VirtualStation

StepListener = Callable[[StepEvent], None]

_AVAILABLE: Final = "Available"
_SHORTEST_ITERATION: Final = 1.0
"""Seconds after an iteration that took no time: without them it would be repeated without end at one moment."""


async def perform(
    virtual: VirtualStation,
    scenario: Scenario,
    random: Random,
    *,
    on_step: StepListener = lambda _: None,
    compress: float = 1.0,
) -> None:
    """Perform a scenario until it ends; cancelling it ends it at any step. Random choices follow from `random`.

    `on_step` is called with what happens at each step. `compress`: pauses, intervals and waits for a time of day are
    shorter by this factor. Waits for a state or a message are not: the station does not work faster.
    Several may be performed at one station. A wait for a message needs a station that keeps frames.

    Raises ScenarioFailed: a step whose policy is "fail" was not possible, or what it waited for did not happen.
    """
    performance = _Performance(virtual, scenario, on_step, compress)
    try:
        await performance.run(scenario.steps, Branch(random=random))
    except _NextIteration:
        return


class _NextIteration(Exception):
    """The running iteration ends."""


class _Performance:
    """One performance of a scenario."""

    def __init__(self, virtual: VirtualStation, scenario: Scenario, on_step: StepListener, compress: float) -> None:
        self._virtual = virtual
        self._scenario = scenario
        self._on_step = on_step
        self._compress = compress
        self._taken: Counter[int] = Counter()
        """How many drivers are at each EVSE."""
        self._tokens: Counter[tuple[str, str]] = Counter()
        """How many drivers have each token."""

    async def run(self, steps: Sequence, branch: Branch) -> None:
        for placed in steps:
            await _KINDS[type(placed.step)](self, placed, placed.step, branch)

    async def _run_named(self, name: str, branch: Branch) -> None:
        if name:
            await self.run(self._scenario.sequences[name], branch)

    # Steps that act and wait

    async def operate(self, placed: PlacedStep, step: Operate, branch: Branch) -> None:
        of_driver = self._arguments_of_driver(step, branch)
        given = {**of_driver, **step.arguments}
        words = step.operation
        try:
            body = body_of(step.operation, given, branch.random)
            shown = [name for name in given if name not in of_driver or name in _SHOWN_OF_DRIVER]
            words = _words(step.operation, {name: getattr(body, name) for name in shown})
            branch.acts(self._virtual.watch.frames.newest)
            await self._virtual.act(lambda control: BY_NAME[step.operation].run(control, body))
        except (ControlError, msgspec.ValidationError) as error:
            await self._undone(placed, branch, StepState.REFUSED, str(error), words)
        else:
            self._report(placed, branch, StepState.DONE, words)

    def _arguments_of_driver(self, step: Operate, branch: Branch) -> dict[str, Any]:
        found = branch.arguments(of_other_evse="evse_id" in step.arguments, with_token="id_token" not in step.arguments)
        wanted = fields_of_driver(BY_NAME[step.operation])
        return {name: value for name, value in found.items() if name in wanted}

    async def wait(self, placed: PlacedStep, step: Wait, branch: Branch) -> None:
        condition = self._with_energy(step.condition(branch.evse_id), step, branch)
        within = values.duration(step.within).draw(branch.random)
        words = f"wait for {condition}, at most {values.duration_text(within)}"
        self._report(placed, branch, StepState.BEGUN, words)
        try:
            await self._virtual.wait_for(condition, within)
        except ConditionNotMet as error:
            await self._undone(placed, branch, StepState.NOT_REACHED, str(error), f"wait for {condition}")
        else:
            self._report(placed, branch, StepState.DONE, f"reached: {condition}")

    def _with_energy(self, condition: Condition, step: Wait, branch: Branch) -> Condition:
        if step.energy is None:
            return condition
        energy = step.energy if isinstance(step.energy, float | int) else values.number(step.energy).draw(branch.random)
        return msgspec.structs.replace(condition, energy_import=branch.register + energy)

    async def wait_for_message(self, placed: PlacedStep, step: WaitForMessage, branch: Branch) -> None:
        within = values.duration(step.within).draw(branch.random)
        words = f"wait for {step.wanted}"
        self._report(placed, branch, StepState.BEGUN, f"{words}, at most {values.duration_text(within)}")
        found = await self._virtual.watch.until(partial(self._new_frame, step.wanted, branch), within)
        if found is None:
            reason = f"no {step.wanted} within {values.duration_text(within)}"
            await self._undone(placed, branch, StepState.NOT_REACHED, reason, words)
        else:
            branch.seen.add(found.number)
            self._report(placed, branch, StepState.DONE, f"reached: {step.wanted}")

    def _new_frame(self, wanted: Wanted, branch: Branch) -> RecordedFrame | None:
        since = self._virtual.watch.frames.after(branch.acted_at)
        return next((each for each in since if each.number not in branch.seen and wanted.fits(each)), None)

    async def if_state(self, _: PlacedStep, step: If, branch: Branch) -> None:
        holds = not step.condition(branch.evse_id).unmet(self._virtual.control.state())
        await self._run_named(step.then if holds else step.otherwise, branch)

    async def pause(self, placed: PlacedStep, step: Pause, branch: Branch) -> None:
        seconds = values.duration(step.duration).draw(branch.random)
        self._report(placed, branch, StepState.BEGUN, f"pause for {values.duration_text(seconds)}")
        await self._sleep(seconds, branch)

    async def at(self, placed: PlacedStep, step: At, branch: Branch) -> None:
        time_of_day = values.time_of_day(step.time).draw(branch.random)
        seconds = seconds_until(time_of_day, branch.now(), self._scenario.zone)
        self._report(
            placed, branch, StepState.BEGUN, f"wait {values.duration_text(seconds)}, for {_clock(time_of_day)}"
        )
        await self._sleep(seconds, branch)

    async def _sleep(self, seconds: float, branch: Branch) -> None:
        real = seconds / self._compress
        await asyncio.sleep(real)
        branch.skipped += seconds - real

    # Steps that run sequences

    async def repeat(self, placed: PlacedStep, step: Repeat, branch: Branch) -> None:
        await self._at_places(step, branch, partial(self._repeat_at, placed, step))

    async def _repeat_at(self, placed: PlacedStep, step: Repeat, place: int | str | None, branch: Branch) -> None:
        loop, limit = asyncio.get_running_loop(), Limit(step, branch)
        while limit.permits():
            begin = loop.time()
            iteration = branch.fork()
            await self._iterate(placed, step, place, iteration)
            branch.skipped = iteration.skipped
            if loop.time() == begin and limit.permits(count=False):
                await asyncio.sleep(_SHORTEST_ITERATION)

    async def arrivals(self, placed: PlacedStep, step: Arrivals, branch: Branch) -> None:
        await self._at_places(step, branch, partial(self._arrivals_at, placed, step))

    async def _arrivals_at(self, placed: PlacedStep, step: Arrivals, place: int | str | None, branch: Branch) -> None:
        every, limit = values.duration(step.every), Limit(step, branch)

        async def arrive(group: asyncio.TaskGroup) -> None:
            while limit.permits(count=False):
                await self._sleep(every.draw(branch.random), branch)
                if limit.permits():
                    group.create_task(self._iterate(placed, step, place, branch.fork()))

        await _together(arrive)

    async def _at_places(
        self, step: Iterations, branch: Branch, run: Callable[[int | str | None, Branch], Awaitable[None]]
    ) -> None:
        """At its EVSE, or at each at one time."""
        if step.evse != EACH:
            await run(step.evse, branch)
            return
        branches = [(evse_id, branch.fork()) for evse_id in self._virtual.hardware.evses]
        await self._all(branch, [(run(evse_id, each), each) for evse_id, each in branches])

    async def _iterate(self, placed: PlacedStep, step: Iterations, place: int | str | None, branch: Branch) -> None:
        """One iteration, for one driver."""
        if place is not None and not await self._go_to(placed, step, place, branch):
            return
        if step.token is not None:
            branch.token = self._token(self._scenario.tokens[step.token], branch.random)
            self._tokens[branch.token] += 1
        if place is not None or step.token is not None:
            branch.register = self._register(branch.evse_id)
            self._report(placed, branch, StepState.BEGUN, branch.driver)
        try:
            await self._ends_early(self._run_named(step.steps, branch))
            await self._ends_early(self._run_named(step.last, branch))
        finally:
            if place is not None and branch.evse_id is not None:
                self._taken[branch.evse_id] -= 1
            if step.token is not None and branch.token is not None:
                self._tokens[branch.token] -= 1

    def _token(self, tokens: TokenSet, random: Random) -> tuple[str, str]:
        """A token that no other driver has now, if there is one."""
        first = random.randrange(len(tokens))
        numbers = itertools.chain(range(first, len(tokens)), range(first))
        found = ((tokens.at(number), tokens.type) for number in numbers)
        return next((each for each in found if not self._tokens[each]), (tokens.at(first), tokens.type))

    async def _go_to(self, placed: PlacedStep, step: Iterations, place: int | str, branch: Branch) -> bool:
        """Whether the driver has an EVSE."""
        found: tuple[int, int] | None = (place, 1) if isinstance(place, int) else None
        if place == ANY_FREE:
            queue = values.duration(step.queue).draw(branch.random)
            found = await self._virtual.watch.until(partial(self._free, branch.random), queue)
            if found is None:
                reason = f"no EVSE is free within {values.duration_text(queue)}"
                await self._ends_early(self._undone(placed, branch, StepState.NOT_REACHED, reason, placed.do))
                return False
        assert found is not None
        branch.evse_id, branch.connector_id = found
        self._taken[branch.evse_id] += 1
        return True

    def _register(self, evse_id: int | None) -> float:
        evse = None if evse_id is None else self._virtual.hardware.evses.get(evse_id)
        return 0.0 if evse is None else evse.meter.observe().energy_import

    def _free(self, random: Random) -> tuple[int, int] | None:
        """An EVSE that is Available and that no driver uses, and one of its connectors."""
        free = [
            (evse.id, connector.id)
            for evse in self._virtual.control.state().evses
            if not self._taken[evse.id] and not any(each.cable_in_ev for each in evse.connectors)
            for connector in evse.connectors
            if connector.status == _AVAILABLE
        ]
        return random.choice(free) if free else None

    async def run_sequence(self, _: PlacedStep, step: Run, branch: Branch) -> None:
        await self._run_named(step.steps, branch)

    async def one_of(self, placed: PlacedStep, step: OneOf, branch: Branch) -> None:
        (chosen,) = branch.random.choices(tuple(step.choices), tuple(step.choices.values()))
        self._report(placed, branch, StepState.BEGUN, f"one_of: {chosen}")
        await self._run_named(chosen, branch)

    async def parallel(self, _: PlacedStep, step: Parallel, branch: Branch) -> None:
        branches = [(name, branch.fork()) for name in step.branches]
        await self._all(branch, [(self._run_named(name, each), each) for name, each in branches])

    async def _all(self, branch: Branch, runs: Iterable[tuple[Awaitable[None], Branch]]) -> None:
        """Branches at one time."""
        runs = list(runs)

        async def start(group: asyncio.TaskGroup) -> None:
            for run, _ in runs:
                group.create_task(self._ends_early(run))

        await _together(start)
        branch.skipped = max((each.skipped for _, each in runs), default=branch.skipped)

    async def _ends_early(self, run: Awaitable[None]) -> None:
        """An iteration or a branch, which ends when a policy is "next"."""
        try:
            await run
        except _NextIteration:
            return

    # What was not possible

    async def _undone(self, placed: PlacedStep, branch: Branch, state: StepState, reason: str, words: str) -> None:
        self._report(placed, branch, state, words, reason)
        policy = placed.step.policy
        if policy == FAIL:
            raise ScenarioFailed(self._scenario.file, placed, f"{words}: {reason}")
        if policy == NEXT:
            raise _NextIteration
        if policy != CONTINUE:
            await self._run_named(policy, branch)

    def _report(self, placed: PlacedStep, branch: Branch, state: StepState, words: str, reason: str = "") -> None:
        self._on_step(StepEvent(placed=placed, state=state, evse_id=branch.evse_id, text=words, reason=reason))


_KINDS: Final[Mapping[type[Step], Callable[[_Performance, PlacedStep, Any, Branch], Awaitable[None]]]] = {
    Operate: _Performance.operate,
    Wait: _Performance.wait,
    WaitForMessage: _Performance.wait_for_message,
    If: _Performance.if_state,
    Pause: _Performance.pause,
    At: _Performance.at,
    Repeat: _Performance.repeat,
    Arrivals: _Performance.arrivals,
    Run: _Performance.run_sequence,
    OneOf: _Performance.one_of,
    Parallel: _Performance.parallel,
}


async def _together(start: Callable[[asyncio.TaskGroup], Coroutine[Any, Any, None]]) -> None:
    """Run what `start` adds to a group. The first exception of a member ends all, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            await start(group)
    except BaseExceptionGroup as errors:
        raise _first(errors) from None


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


_LONGEST_VALUE: Final = 60
_SHOWN_OF_DRIVER: Final = frozenset({"id_token"})
"""Of what a driver has; the EVSE is shown with every step."""


def _words(operation: str, arguments: Mapping[str, Any]) -> str:
    given = (f"{name}={_short(value)}" for name, value in arguments.items() if value not in (None, (), msgspec.UNSET))
    return " ".join((operation, *given))


def _short(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds % 3600 // 60):02}"
