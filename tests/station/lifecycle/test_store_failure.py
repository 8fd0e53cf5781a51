"""A station whose store fails stops at once, and goes on when the store can be used."""

import asyncio
import contextlib
from pathlib import Path
from typing import TypeVar

import pytest
from tests.station.full_disk import FullDiskStore
from tests.station.power_loss import events_by_transaction
from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench, cable_first

from plugfest.clock import run_simulated
from plugfest.link.errors import ConnectionLost
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.storage.store import Records, Store

T = TypeVar("T")

LAST_COLLECTION = "time_offset_transition"
QUICK = {"SampledDataCtrlr.TxUpdatedInterval": "30"}


def test_a_full_disk_stops_the_station_with_one_line_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        store, lines = FullDiskStore(tmp_path / "station.db"), list[str]()
        async with powered_station(store=store, variables=QUICK, on_store=lines.append) as (station, csms):
            bench = StationBench(station, csms)
            await csms.expect(m.BootNotificationRequest)
            await cable_first(bench)
            await asyncio.sleep(100)
            station.network_off()
            store.fill()
            await asyncio.sleep(3600)
            assert "the disk is full; the station stops" in lines[0]
            assert not bench.hardware.evses[1].connectors[1].contactor.closed
            station.network_on()
            received = len(csms.received)
            await asyncio.sleep(600)
            assert len(csms.received) == received
            assert len(lines) == 1
            store.empty()
            await asyncio.sleep(60)
            assert lines[1:] == ["the store can be used again; the station starts"]
            (events,) = events_by_transaction(bench.events).values()
            assert [event.seq_no for event in events] == list(range(len(events)))
            assert len(events) > 5
            assert events[-1].event_type is t.TransactionEventEnumType.Ended
            assert events[-1].transaction_info.stopped_reason is t.ReasonEnumType.PowerLoss
            await asyncio.sleep(30)
            bench.hardware.present_token("A", "ISO14443", 1)
            await asyncio.sleep(100)
            bench.hardware.present_token("A", "ISO14443", 1)
            await asyncio.sleep(100)
            assert len(events_by_transaction(bench.events)) == 2
        store.close()

    run_simulated(scenario())
    assert [record for record in caplog.records if record.exc_info] == []


def test_a_store_that_fails_while_a_request_is_handled_stops_the_station_without_another_error(tmp_path: Path) -> None:
    def a_longer_list(version: int) -> m.SendLocalListRequest:
        tokens = [t.IdTokenType(id_token=f"{version:03}{n:033}", type=t.IdTokenEnumType.ISO14443) for n in range(10)]
        accepted = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)
        return m.SendLocalListRequest(
            version_number=version,
            update_type=t.UpdateEnumType.Differential,
            local_authorization_list=[t.AuthorizationData(id_token=each, id_token_info=accepted) for each in tokens],
        )

    async def scenario() -> None:
        errors = list[object]()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
        store, lines = FullDiskStore(tmp_path / "station.db"), list[str]()
        async with powered_station("reference-ac", store=store, on_store=lines.append) as (_, csms):
            await csms.expect(m.BootNotificationRequest)
            await asyncio.sleep(60)
            store.fill()
            version = 0
            while not lines:
                version += 1
                with contextlib.suppress(ConnectionLost):
                    await csms.call(a_longer_list(version))
            assert len(lines) == 1
            store.empty()
            await csms.expect(m.BootNotificationRequest, 2)
        store.close()
        assert errors == []

    run_simulated(scenario())


class FailsAtTheStart(Store):
    """A store that fails while the software starts, as long as `failures` are left."""

    failures = 0

    def records(self, name: str, kind: type[T]) -> Records[T]:
        if self.failures and name == LAST_COLLECTION:
            self.failures -= 1
            raise RuntimeError("the store fails")
        return super().records(name, kind)


def task_names() -> list[str]:
    names = (task.get_name() for task in asyncio.all_tasks())
    return sorted(name for name in names if not name.startswith("Task-"))


def test_a_start_that_the_store_interrupts_leaves_nothing_running() -> None:
    async def scenario() -> None:
        store = FailsAtTheStart()
        async with powered_station("reference-ac", store=store) as (station, csms):
            await csms.expect(m.BootNotificationRequest)
            await asyncio.sleep(60)
            before = task_names()
            store.failures = 20
            await station.power_off()
            station.power_on()
            await csms.expect(m.BootNotificationRequest, 2)
            await asyncio.sleep(60)
            assert store.failures == 0
            assert task_names() == before

    run_simulated(scenario())
