"""Wherever the power fails: every transaction event comes, none is made twice, and every transaction ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from tests.station.bench import bench
from tests.station.power_cuts import CuttableStore, power_fails, stories, try_to
from tests.station.scene import Scene

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import types as t
from plugfest.station.model.charging.charging_sessions import ChargingSessions

Step = tuple[Callable[[Scene], None], float]

CABLE_FIRST: tuple[Step, ...] = (
    (lambda it: it.operator.plug_in(1, 1), 5),
    (lambda it: it.operator.present_token("A", "ISO14443", 1), 70),
    (lambda it: it.station.network_off(), 70),
    (lambda it: it.station.network_on(), 40),
    (lambda it: it.operator.present_token("A", "ISO14443", 1), 10),
    (lambda it: it.operator.unplug(1, 1), 100),
)
TOKEN_FIRST: tuple[Step, ...] = (
    (lambda it: it.operator.present_token("A", "ISO14443"), 5),
    (lambda it: it.operator.plug_in(1, 1), 70),
    (lambda it: it.operator.ev_suspend(1), 5),
    (lambda it: it.operator.unplug(1, 1), 100),
)


@contextlib.asynccontextmanager
async def failing_mains(it: Scene, store: CuttableStore) -> AsyncIterator[None]:
    """When the store loses power so does the station, and half a minute later it starts again."""

    async def electrician() -> None:
        await store.wires.dead.wait()
        await power_fails(it.station)
        store.wires.restore()
        it.station.power_on()

    task = asyncio.create_task(electrician())
    yield
    task.cancel()


def play(steps: tuple[Step, ...], cut: int | None, *, after: bool, variables: dict[str, str]) -> int:
    """A visit with a power cut, and what has to be true when it is over. Returns how often was written."""

    async def scenario() -> int:
        store = CuttableStore()
        async with bench(store=store, on=False, variables=variables) as (station, csms):
            it = Scene(station, csms)
            store.wires.arm(cut, lambda: station.station and station.station.power_off(), after=after)
            station.power_on()
            async with failing_mains(it, store):
                await asyncio.sleep(10)
                for act, seconds in steps:
                    try_to(act, it)
                    await asyncio.sleep(seconds)
                await asyncio.sleep(300)
            check(it)
            return store.wires.writes

    return run_simulated(scenario())


def check(it: Scene) -> None:
    assert it.station.station is not None
    context = it.station.station.context
    assert context.csms.online
    assert [session.transaction for session in context.shared.get(ChargingSessions)] == [None] * 2
    assert context.outbox.unanswered(type(it.events[0])) == [] if it.events else True
    for story in stories(it.events).values():
        assert [event.seq_no for event in story] == list(range(len(story)))
        kinds = [event.event_type for event in story]
        assert kinds[0] is t.TransactionEventEnumType.Started
        assert kinds[-1] is t.TransactionEventEnumType.Ended
        assert set(kinds[1:-1]) <= {t.TransactionEventEnumType.Updated}


POINTS = {
    "cable": {"TxCtrlr.TxStartPoint": "EVConnected", "TxCtrlr.TxStopPoint": "EVConnected"},
    "authorization": {"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.TxStopPoint": "Authorized"},
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize("steps", [CABLE_FIRST, TOKEN_FIRST])
def test_wherever_the_power_fails_the_story_of_a_transaction_is_whole(
    steps: tuple[Step, ...], points: str, after: bool
) -> None:
    writes = play(steps, None, after=after, variables=POINTS[points])
    for cut in range(1, writes + 1):
        play(steps, cut, after=after, variables=POINTS[points])
