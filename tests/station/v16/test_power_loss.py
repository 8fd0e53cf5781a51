"""Power loss at any write of a 1.6 transaction: no message is lost, and none is created twice."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from tests.station.lifecycle.test_power_loss import restart_after_power_loss
from tests.station.power_loss import PowerLossStore, try_to
from tests.station.v16.station_bench import CARD, Csms16, StationBench, station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v16 import messages as m
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.transactions.transaction_ids import TransactionIdEntry
from plugfest.station.setup.virtual_hardware import persist_meter_registers
from plugfest.station.storage.store import Store

Step = tuple[Callable[[StationBench], None], float]

STEPS: tuple[Step, ...] = (
    (lambda bench: bench.hardware.plug_in(1, 1), 5),
    (lambda bench: bench.hardware.present_token(CARD, "ISO14443", 1), 70),
    (lambda bench: bench.station.network_off(), 70),
    (lambda bench: bench.station.network_on(), 40),
    (lambda bench: bench.hardware.present_token(CARD, "ISO14443", 1), 10),
    (lambda bench: bench.hardware.unplug(1, 1), 100),
)


class Ledger:
    """Makes the CSMS answer a repeated request as it did before, as if the first answer was lost."""

    def __init__(self, csms: Csms16) -> None:
        self._csms = csms
        self.numbers: dict[m.StartTransactionRequest, int] = {}
        csms.replies["StartTransaction"] = self._start

    def _start(self, request: Any) -> Response:
        number = self.numbers.setdefault(request, 1001 + len(self.numbers))
        return m.StartTransactionResponse(transaction_id=number, id_tag_info=self._csms.info(request.id_tag))

    def requests(self, kind: type[Request[Any]]) -> list[Any]:
        """The requests of this type without repetitions."""
        once: list[Any] = []
        for request in self._csms.all(kind):
            if request not in once:
                once.append(request)
        return once


def charge_with_power_loss(at_write: int | None, *, after: bool) -> int:
    """A charging session with a power loss, and checks afterwards. Returns the number of writes."""

    async def scenario() -> int:
        store = PowerLossStore()
        async with station_bench(store=store, on=False) as bench:
            ledger = Ledger(bench.csms)
            store.connection.schedule_power_loss(
                at_write, lambda: bench.station.station and bench.station.station.power_off(), after=after
            )
            bench.station.power_on()
            async with restart_after_power_loss(bench, store):  # type: ignore[arg-type]
                await asyncio.sleep(10)
                for action, seconds in STEPS:
                    try_to(action, bench)
                    await asyncio.sleep(seconds)
                await asyncio.sleep(300)
            check(bench, ledger, store)
            assert at_write is not None or len(ledger.numbers) == 1
            return store.connection.writes

    return run_simulated(scenario())


def check(bench: StationBench, ledger: Ledger, store: PowerLossStore) -> None:
    assert bench.station.station is not None
    context = bench.station.station.context
    assert [session.transaction for session in context.shared.get(ChargingSessions)] == [None] * 2
    assert not context.outbox.unanswered(m.StartTransactionRequest)
    assert not context.outbox.unanswered(m.StopTransactionRequest)
    assert len(store.records("transaction_numbers", TransactionIdEntry)) == 0
    stops = {stop.transaction_id: stop for stop in ledger.requests(m.StopTransactionRequest)}
    assert Counter(stop.transaction_id for stop in ledger.requests(m.StopTransactionRequest)) == Counter(
        ledger.numbers.values()
    )
    moments = [(each.transaction_id, each.meter_value[0].timestamp) for each in ledger.requests(m.MeterValuesRequest)]
    assert len(set(moments)) == len(moments)
    for start, number in ledger.numbers.items():
        assert stops[number].meter_stop >= start.meter_start
        assert stops[number].timestamp >= start.timestamp
    assert {given(number) for number, _ in moments} <= set(stops)


@pytest.mark.parametrize("after", [False, True])
def test_a_transaction_is_started_and_stopped_once_after_a_power_loss_at_any_write(after: bool) -> None:
    writes = charge_with_power_loss(None, after=after)
    assert writes > 20
    for at_write in range(1, writes + 1):
        charge_with_power_loss(at_write, after=after)


def test_the_meter_register_continues_after_the_process_ends() -> None:
    async def scenario() -> None:
        store, csms = Store(), Csms16()
        async with station_bench(store=store) as bench:
            persist_meter_registers(bench.hardware, store)
            await bench.charge()
            meter_values = await bench.csms.expect(m.MeterValuesRequest, 2)
            await bench.station.power_off()
        register = float(meter_values.meter_value[0].sampled_value[0].value)
        assert register > 0
        async with station_bench(store=store, csms=csms, on=False) as bench:  # nothing is plugged in at this hardware
            persist_meter_registers(bench.hardware, store)
            bench.station.power_on()
            stop = await csms.expect(m.StopTransactionRequest)
            assert stop.meter_stop >= int(register)
            await bench.charge()
            assert (await csms.expect(m.StartTransactionRequest)).meter_start == stop.meter_stop

    run_simulated(scenario())
