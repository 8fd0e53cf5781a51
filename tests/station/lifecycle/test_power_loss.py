"""Power loss at any write: every transaction event is sent, none is created twice, every transaction ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from tests.station.power_loss import PowerLossStore, events_by_transaction, lose_power, try_to
from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import types as t
from plugfest.station.model.charging.charging_sessions import ChargingSessions

Step = tuple[Callable[[StationBench], None], float]

CABLE_FIRST: tuple[Step, ...] = (
    (lambda bench: bench.hardware.plug_in(1, 1), 5),
    (lambda bench: bench.hardware.present_token("A", "ISO14443", 1), 70),
    (lambda bench: bench.station.network_off(), 70),
    (lambda bench: bench.station.network_on(), 40),
    (lambda bench: bench.hardware.present_token("A", "ISO14443", 1), 10),
    (lambda bench: bench.hardware.unplug(1, 1), 100),
)
TOKEN_FIRST: tuple[Step, ...] = (
    (lambda bench: bench.hardware.present_token("A", "ISO14443"), 5),
    (lambda bench: bench.hardware.plug_in(1, 1), 70),
    (lambda bench: bench.hardware.ev_suspend(1), 5),
    (lambda bench: bench.hardware.unplug(1, 1), 100),
)


@contextlib.asynccontextmanager
async def restart_after_power_loss(bench: StationBench, store: PowerLossStore) -> AsyncIterator[None]:
    """When the store loses power, so does the station; 30 seconds later it starts again."""

    async def restart() -> None:
        await store.connection.power_lost.wait()
        await lose_power(bench.station)
        store.connection.restore()
        bench.station.power_on()

    task = asyncio.create_task(restart())
    yield
    task.cancel()


def charge_with_power_loss(
    steps: tuple[Step, ...], at_write: int | None, *, after: bool, variables: dict[str, str]
) -> int:
    """A charging session with a power loss, and checks afterwards. Returns the number of writes."""

    async def scenario() -> int:
        store = PowerLossStore()
        async with powered_station(store=store, on=False, variables=variables) as (station, csms):
            bench = StationBench(station, csms)
            store.connection.schedule_power_loss(
                at_write, lambda: station.station and station.station.power_off(), after=after
            )
            station.power_on()
            async with restart_after_power_loss(bench, store):
                await asyncio.sleep(10)
                for action, seconds in steps:
                    try_to(action, bench)
                    await asyncio.sleep(seconds)
                await asyncio.sleep(300)
            check(bench)
            return store.connection.writes

    return run_simulated(scenario())


def check(bench: StationBench) -> None:
    assert bench.station.station is not None
    context = bench.station.station.context
    assert context.csms.online
    assert [session.transaction for session in context.shared.get(ChargingSessions)] == [None] * 2
    assert context.outbox.unanswered(type(bench.events[0])) == [] if bench.events else True
    for events in events_by_transaction(bench.events).values():
        assert [event.seq_no for event in events] == list(range(len(events)))
        kinds = [event.event_type for event in events]
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
def test_the_events_of_a_transaction_are_complete_after_a_power_loss_at_any_write(
    steps: tuple[Step, ...], points: str, after: bool
) -> None:
    writes = charge_with_power_loss(steps, None, after=after, variables=POINTS[points])
    for at_write in range(1, writes + 1):
        charge_with_power_loss(steps, at_write, after=after, variables=POINTS[points])
