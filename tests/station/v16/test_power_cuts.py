"""Wherever the power fails in the middle of a 1.6 transaction: nothing of it is lost, and nothing is told twice."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from tests.station.lifecycle.test_power_cuts import failing_mains
from tests.station.power_cuts import CuttableStore, try_to
from tests.station.v16.scene import CARD, Csms16, Scene, scene

from plugfest.clock import run_simulated
from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v16 import messages as m
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.transactions.transaction_ids import TransactionIdEntry
from plugfest.station.setup.virtual_hardware import persist_meter_registers
from plugfest.station.storage.store import Store

Step = tuple[Callable[[Scene], None], float]

STEPS: tuple[Step, ...] = (
    (lambda it: it.operator.plug_in(1, 1), 5),
    (lambda it: it.operator.present_token(CARD, "ISO14443", 1), 70),
    (lambda it: it.station.network_off(), 70),
    (lambda it: it.station.network_on(), 40),
    (lambda it: it.operator.present_token(CARD, "ISO14443", 1), 10),
    (lambda it: it.operator.unplug(1, 1), 100),
)


class Ledger:
    """A CSMS that knows a message that comes again, because its answer was lost, and gives the same answer."""

    def __init__(self, csms: Csms16) -> None:
        self._csms = csms
        self.numbers: dict[m.StartTransactionRequest, int] = {}
        csms.replies["StartTransaction"] = self._start

    def _start(self, request: Any) -> Response:
        number = self.numbers.setdefault(request, 1001 + len(self.numbers))
        return m.StartTransactionResponse(transaction_id=number, id_tag_info=self._csms.info(request.id_tag))

    def told(self, kind: type[Request[Any]]) -> list[Any]:
        """What was told, each message once."""
        once: list[Any] = []
        for request in self._csms.all(kind):
            if request not in once:
                once.append(request)
        return once


def play(cut: int | None, *, after: bool) -> int:
    """A visit with a power cut, and what has to be true when it is over. Returns how often was written."""

    async def scenario() -> int:
        store = CuttableStore()
        async with scene(store=store, on=False) as it:
            ledger = Ledger(it.csms)
            store.wires.arm(cut, lambda: it.station.station and it.station.station.power_off(), after=after)
            it.station.power_on()
            async with failing_mains(it, store):  # type: ignore[arg-type]
                await asyncio.sleep(10)
                for act, seconds in STEPS:
                    try_to(act, it)
                    await asyncio.sleep(seconds)
                await asyncio.sleep(300)
            check(it, ledger, store)
            assert cut is not None or len(ledger.numbers) == 1
            return store.wires.writes

    return run_simulated(scenario())


def check(it: Scene, ledger: Ledger, store: CuttableStore) -> None:
    assert it.station.station is not None
    context = it.station.station.context
    assert [session.transaction for session in context.shared.get(ChargingSessions)] == [None] * 2
    assert not context.outbox.unanswered(m.StartTransactionRequest)
    assert not context.outbox.unanswered(m.StopTransactionRequest)
    assert len(store.records("transaction_numbers", TransactionIdEntry)) == 0
    stops = {stop.transaction_id: stop for stop in ledger.told(m.StopTransactionRequest)}
    assert Counter(stop.transaction_id for stop in ledger.told(m.StopTransactionRequest)) == Counter(
        ledger.numbers.values()
    )
    moments = [(each.transaction_id, each.meter_value[0].timestamp) for each in ledger.told(m.MeterValuesRequest)]
    assert len(set(moments)) == len(moments)
    for start, number in ledger.numbers.items():
        assert stops[number].meter_stop >= start.meter_start
        assert stops[number].timestamp >= start.timestamp
    assert {given(number) for number, _ in moments} <= set(stops)


@pytest.mark.parametrize("after", [False, True])
def test_wherever_the_power_fails_a_transaction_is_started_once_and_stopped_once(after: bool) -> None:
    writes = play(None, after=after)
    assert writes > 20
    for cut in range(1, writes + 1):
        play(cut, after=after)


def test_where_the_whole_process_ends_the_meter_goes_on_from_what_it_showed() -> None:
    async def scenario() -> None:
        store, csms = Store(), Csms16()
        async with scene(store=store) as it:
            persist_meter_registers(it.operator, store)
            await it.charge()
            told = await it.csms.expect(m.MeterValuesRequest, 2)
            await it.station.power_off()
        register = float(told.meter_value[0].sampled_value[0].value)
        assert register > 0
        async with scene(store=store, csms=csms, on=False) as it:  # nothing is plugged in at this hardware
            persist_meter_registers(it.operator, store)
            it.station.power_on()
            stop = await csms.expect(m.StopTransactionRequest)
            assert stop.meter_stop >= int(register)
            await it.charge()
            assert (await csms.expect(m.StartTransactionRequest)).meter_start == stop.meter_stop

    run_simulated(scenario())
