"""Locks and cables in OCPP 1.6 (4.10, 5.18): when the cable is locked, and what is reported on unplugging."""

import asyncio

import pytest
from tests.station.v16.station_bench import CARD, StationBench, station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

AC = "reference-16-ac"


async def unlock(bench: StationBench, connector_id: int = 1) -> str:
    return (await bench.csms.call(m.UnlockConnectorRequest(connector_id=connector_id))).status.value


async def choose(bench: StationBench, *, stop: bool, unlock: bool) -> None:
    assert await bench.change("StopTransactionOnEVSideDisconnect", str(stop).lower()) == "Accepted"
    assert await bench.change("UnlockConnectorOnEVSideDisconnect", str(unlock).lower()) == "Accepted"


def test_unplugged_and_unlocked() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            await choose(bench, stop=True, unlock=True)
            await bench.charge()
            bench.hardware.unplug(1, 1, "ev")
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.reason is t.StopTransactionReason.EVDisconnected
            finishing = await bench.status("Finishing")
            assert finishing.info == "EV side disconnected"  # 4.9
            bench.hardware.unplug(1, 1, "evse")
            await bench.status("Available")

    run_simulated(scenario())


def test_unplugged_and_still_locked() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            await choose(bench, stop=True, unlock=False)
            await bench.charge()
            bench.hardware.unplug(1, 1, "ev")
            await bench.status("Finishing")
            assert bench.hardware.evses[1].connectors[1].plug_locked
            assert await unlock(bench) == "Unlocked"
            bench.hardware.unplug(1, 1, "evse")
            await bench.status("Available")

    run_simulated(scenario())


@pytest.mark.parametrize("unlock", [False, True])
def test_unplugged_and_the_transaction_goes_on(unlock: bool) -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            await choose(bench, stop=False, unlock=unlock)
            await bench.change("ConnectionTimeOut", "30")
            number = await bench.charge()
            bench.hardware.unplug(1, 1, "ev")
            suspended = await bench.status("SuspendedEV")
            assert suspended.info == "EV side disconnected"
            assert (
                bench.hardware.evses[1].connectors[1].plug_locked
            )  # 4.10: whatever UnlockConnectorOnEVSideDisconnect says
            await asyncio.sleep(120)
            bench.hardware.plug_in(1, 1, "ev")
            await bench.status("Charging")  # 4.10: energy transfer is allowed again
            bench.hardware.unplug(1, 1, "ev")
            await bench.status("SuspendedEV")
            await bench.csms.call(m.RemoteStopTransactionRequest(transaction_id=number))
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.reason is t.StopTransactionReason.Remote
            await bench.status("Finishing")

    run_simulated(scenario())


def test_unlocking_a_connector_ends_its_transaction() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            await bench.charge()
            bench.clear_messages()
            assert await unlock(bench) == "Unlocked"
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.reason is t.StopTransactionReason.UnlockCommand
            await bench.status("Finishing")
            bench.hardware.unplug(1, 1)
            await bench.status("Available")

    run_simulated(scenario())


def test_unlocking_without_a_transaction() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            assert await unlock(bench) == "Unlocked"
            assert await unlock(bench, 3) == "NotSupported"

    run_simulated(scenario())


def test_a_jammed_lock_is_unlock_failed() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            bench.hardware.jam_lock(1, 1, jammed=True)
            assert await unlock(bench) == "UnlockFailed"
            bench.hardware.jam_lock(1, 1, jammed=False)
            assert await unlock(bench) == "Unlocked"

    run_simulated(scenario())


def test_no_transaction_starts_with_an_unlocked_cable() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            await bench.csms.call(m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1))
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1, seated=False)
            fault = await bench.status("Faulted")
            assert fault.error_code is t.StatusNotificationErrorCode.ConnectorLockFailure
            await asyncio.sleep(30)
            assert not bench.csms.all(m.StartTransactionRequest)
            bench.hardware.unplug(1, 1)
            await bench.status("Available")

    run_simulated(scenario())


def test_a_jammed_lock_without_a_cable_does_not_block_the_connector() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            bench.hardware.jam_lock(1, 1, jammed=True)
            assert await unlock(bench) == "UnlockFailed"
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            await bench.status("Available")  # ConnectionTimeOut

    run_simulated(scenario())


def test_authorization_without_a_cable_ends() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            await bench.status("Available")
            bench.hardware.fault(1, 1, present=True)
            await bench.status("Faulted")
            bench.clear_messages()
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(20)
            assert bench.transcript() == []  # there is no transaction to stop

    run_simulated(scenario())
