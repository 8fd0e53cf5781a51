"""Locks and cables in OCPP 1.6 (4.10, 5.18): who holds the cable, and what is told when it goes."""

import asyncio

import pytest
from tests.station.v16.scene import CARD, Scene, scene

from plugfest.clock import run_simulated
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

AC = "reference-16-ac"


async def unlock(it: Scene, connector_id: int = 1) -> str:
    return (await it.csms.call(m.UnlockConnectorRequest(connector_id=connector_id))).status.value


async def choose(it: Scene, *, stop: bool, unlock: bool) -> None:
    assert await it.change("StopTransactionOnEVSideDisconnect", str(stop).lower()) == "Accepted"
    assert await it.change("UnlockConnectorOnEVSideDisconnect", str(unlock).lower()) == "Accepted"


def test_unplugged_and_unlocked() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            await choose(it, stop=True, unlock=True)
            await it.charge()
            it.operator.unplug(1, 1, "ev")
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.reason is t.StopTransactionReason.EVDisconnected
            finishing = await it.status("Finishing")
            assert finishing.info == "EV side disconnected"  # 4.9
            it.operator.unplug(1, 1, "evse")
            await it.status("Available")

    run_simulated(scenario())


def test_unplugged_and_still_locked() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            await choose(it, stop=True, unlock=False)
            await it.charge()
            it.operator.unplug(1, 1, "ev")
            await it.status("Finishing")
            assert it.operator.evses[1].connectors[1].plug_locked
            assert await unlock(it) == "Unlocked"
            it.operator.unplug(1, 1, "evse")
            await it.status("Available")

    run_simulated(scenario())


@pytest.mark.parametrize("unlock", [False, True])
def test_unplugged_and_the_transaction_goes_on(unlock: bool) -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            await choose(it, stop=False, unlock=unlock)
            await it.change("ConnectionTimeOut", "30")
            number = await it.charge()
            it.operator.unplug(1, 1, "ev")
            suspended = await it.status("SuspendedEV")
            assert suspended.info == "EV side disconnected"
            assert (
                it.operator.evses[1].connectors[1].plug_locked
            )  # 4.10: whatever UnlockConnectorOnEVSideDisconnect says
            await asyncio.sleep(120)
            it.operator.plug_in(1, 1, "ev")
            await it.status("Charging")  # 4.10: energy transfer is allowed again
            it.operator.unplug(1, 1, "ev")
            await it.status("SuspendedEV")
            await it.csms.call(m.RemoteStopTransactionRequest(transaction_id=number))
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.reason is t.StopTransactionReason.Remote
            await it.status("Finishing")

    run_simulated(scenario())


def test_unlocking_a_connector_ends_its_transaction() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            await it.charge()
            it.forget()
            assert await unlock(it) == "Unlocked"
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.reason is t.StopTransactionReason.UnlockCommand
            await it.status("Finishing")
            it.operator.unplug(1, 1)
            await it.status("Available")

    run_simulated(scenario())


def test_unlocking_where_nobody_charges() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            assert await unlock(it) == "Unlocked"
            assert await unlock(it, 3) == "NotSupported"

    run_simulated(scenario())


def test_a_lock_that_does_not_move() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            it.operator.jam_lock(1, 1, jammed=True)
            assert await unlock(it) == "UnlockFailed"
            it.operator.jam_lock(1, 1, jammed=False)
            assert await unlock(it) == "Unlocked"

    run_simulated(scenario())


def test_a_plug_that_cannot_be_locked_starts_nothing() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            await it.csms.call(m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1))
            await it.status("Preparing")
            it.operator.plug_in(1, 1, seated=False)
            fault = await it.status("Faulted")
            assert fault.error_code is t.StatusNotificationErrorCode.ConnectorLockFailure
            await asyncio.sleep(30)
            assert not it.csms.all(m.StartTransactionRequest)
            it.operator.unplug(1, 1)
            await it.status("Available")

    run_simulated(scenario())


def test_a_lock_that_is_stuck_without_a_cable_keeps_nobody_waiting() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            it.operator.jam_lock(1, 1, jammed=True)
            assert await unlock(it) == "UnlockFailed"
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Preparing")
            await it.status("Available")  # ConnectionTimeOut

    run_simulated(scenario())


def test_who_never_plugged_in_is_forgotten() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Preparing")
            await it.status("Available")
            it.operator.fault(1, 1, present=True)
            await it.status("Faulted")
            it.forget()
            it.operator.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(20)
            assert it.story() == []  # nothing goes on that he could stop

    run_simulated(scenario())
