"""Runs one world from its first event to the moment at which everything has calmed down."""

import asyncio
import hashlib
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Final

import msgspec

from plugfest import clock
from plugfest.rig.simulation.environment.dialects import availability
from plugfest.rig.simulation.invariants.end_rules import END_RULES, FinalState
from plugfest.rig.simulation.invariants.frames import Frame
from plugfest.rig.simulation.invariants.observation import ongoing_transactions, open_update
from plugfest.rig.simulation.invariants.rules import Violation, violations
from plugfest.rig.simulation.performing import end_of, perform
from plugfest.rig.simulation.simulated_world import SimulatedWorld
from plugfest.rig.simulation.worlds import events as e
from plugfest.rig.simulation.worlds.world import World, stage

START: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""The time of day at which every world begins."""

CALM_STEPS: Final = 33
STEP: Final = 300.0
"""How often, and after how many seconds, the rules for the end are tried: a message may be repeated after an hour."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a world. `digest` of all frames and their times; `seconds` simulated."""

    world: World
    violation: Violation | None
    frames: tuple[Frame, ...]
    digest: str
    seconds: float


def run_world(world: World) -> Outcome:
    """Run a world until the first rule is broken, or to its end."""
    return clock.run(_run(world), simulated=True, start=START)


async def _run(world: World) -> Outcome:
    simulated = SimulatedWorld(world)
    root = logging.getLogger()
    root.addHandler(simulated)
    try:
        simulated.station.power_on()
        await _unless_broken(simulated, _live(simulated))
    finally:
        simulated.loop.before_jump = lambda: None
        await simulated.station.power_off()
        root.removeHandler(simulated)
    return Outcome(
        world=world,
        violation=simulated.violation,
        frames=tuple(simulated.trace),
        digest=_digest(simulated.trace),
        seconds=simulated.loop.time(),
    )


async def _unless_broken(simulated: SimulatedWorld, living: Coroutine[None, None, None]) -> None:
    """Run until the end, or until a rule is broken."""
    tasks = {asyncio.ensure_future(living), asyncio.ensure_future(simulated.broken.wait())}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


async def _live(simulated: SimulatedWorld) -> None:
    events = simulated.world.events
    for event in events:
        await _until(simulated, event.at)
        perform(simulated, event)
    await _until(simulated, max((end_of(event) for event in events), default=0.0) + 60.0)
    await _clear_up(simulated)
    await _calm_down(simulated)
    await _end(simulated)


async def _until(simulated: SimulatedWorld, at: float) -> None:
    await asyncio.sleep(max(0.0, at - simulated.loop.time()))


async def _clear_up(simulated: SimulatedWorld) -> None:
    """Every fault ends, the CSMS ends its restrictions and every transaction, and every EV leaves."""
    faults = simulated.csms.faults
    faults.lost = faults.doubled = faults.errors = faults.invalid = 0
    faults.delay = 0.0
    faults.boots.clear()
    simulated.disk.restore()
    simulated.station.network_on()
    simulated.act(lambda: simulated.hardware.set_external_limit("EMS", None))
    await asyncio.sleep(600.0)
    places = stage(simulated.world.product).connectors
    for evse in sorted({0, *(evse for evse, _ in places)}):
        operative = availability(simulated.csms.protocol.name, evse, operative=True)
        simulated.csms.request(*operative, e.Availability(at=0, evse=evse, seconds=0))
    simulated.csms.send(e.ClearProfiles(at=0))
    await asyncio.sleep(120.0)  # a transaction may have waited for this
    simulated.csms.stop_all()
    for evse, connector in places:
        simulated.csms.send(e.Unlock(at=0, evse=evse, connector=connector))
    await asyncio.sleep(60.0)
    for evse, connector in places:
        perform(simulated, e.Unplug(at=0, evse=evse, connector=connector))
        simulated.act(partial(simulated.hardware.leave, evse))
    if simulated.history.starts_given_up:  # the CSMS has no id with which it could stop the transaction
        simulated.csms.send(e.Reset(at=0, immediate=True))
    await asyncio.sleep(300.0)


async def _calm_down(simulated: SimulatedWorld) -> None:
    for _ in range(CALM_STEPS):
        if next(violations(END_RULES, simulated.history, _ending(simulated), 0.0), None) is None:
            return
        await asyncio.sleep(STEP)


def _ending(simulated: SimulatedWorld, left_tasks: tuple[str, ...] = ()) -> FinalState:
    station = simulated.station.station
    simulated.measure()
    return FinalState(
        observation=simulated.observe(),
        connected=station is not None and station.context.csms.connected,
        connectors=stage(simulated.world.product).connectors,
        ongoing=ongoing_transactions(station),
        open_update=open_update(station),
        left_tasks=left_tasks,
        metered={evse_id: evse.meter.observe().energy_import for evse_id, evse in simulated.hardware.evses.items()},
    )


async def _end(simulated: SimulatedWorld) -> None:
    ending = _ending(simulated)
    await simulated.station.power_off()
    await asyncio.sleep(30.0)
    left = tuple(sorted(task.get_name() for task in asyncio.all_tasks() if _is_of_station(task)))
    ending = msgspec.structs.replace(ending, left_tasks=left)
    simulated.report(next(violations(END_RULES, simulated.history, ending, simulated.loop.time()), None))


def _is_of_station(task: asyncio.Task[object]) -> bool:
    return "plugfest/station" in str(getattr(task.get_coro(), "cr_code", ""))


def _digest(frames: list[Frame]) -> str:
    found = hashlib.sha256()
    for frame in frames:
        found.update(f"{frame.at!r} {frame.sent} {frame.text}\n".encode())
    return found.hexdigest()
