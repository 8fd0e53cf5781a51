"""Resets (B11, B12) and power loss."""

import asyncio

from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.context import Context
from plugfest.station.lifecycle.power import PoweredStation

ON_IDLE, IMMEDIATE = t.ResetEnumType.OnIdle, t.ResetEnumType.Immediate


def context_of(station: PoweredStation) -> Context:
    assert station.station is not None
    return station.station.context


def test_an_idle_station_reboots_immediately() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            answer = await csms.call(m.ResetRequest(type=ON_IDLE))
            assert answer.status is t.ResetStatusEnumType.Accepted
            boot = await csms.expect(m.BootNotificationRequest, 2, within=10)
            assert boot.reason is t.BootReasonEnumType.RemoteReset
            event = await csms.expect(m.SecurityEventNotificationRequest, 2)
            assert event.type == "ResetOrReboot"

    run_simulated(scenario())


def test_a_busy_station_waits_until_it_is_idle() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            context = context_of(station)
            scheduled: list[int | None] = []
            context.lifecycle.reset_scheduled.add(scheduled.append)
            context.activity.begin("transaction 1", 1)
            context.activity.begin("transaction 2", 2)
            answer = await csms.call(m.ResetRequest(type=ON_IDLE))
            assert answer.status is t.ResetStatusEnumType.Scheduled  # B12.FR.01
            assert scheduled == [None]
            context.activity.end("transaction 1")
            await asyncio.sleep(100)
            assert len(csms.all(m.BootNotificationRequest)) == 1
            context.activity.end("transaction 2")
            boot = await csms.expect(m.BootNotificationRequest, 2, within=10)
            assert boot.reason is t.BootReasonEnumType.ScheduledReset

    run_simulated(scenario())


def test_an_immediate_reset_ends_transactions_first() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            context = context_of(station)
            ended: list[int | None] = []

            async def end(evse_id: int | None) -> None:
                ended.append(evse_id)

            context.lifecycle.reset_now.add(end)
            context.activity.begin("transaction 1", 1)
            answer = await csms.call(m.ResetRequest(type=IMMEDIATE))
            assert answer.status is t.ResetStatusEnumType.Accepted  # B12.FR.02
            boot = await csms.expect(m.BootNotificationRequest, 2, within=10)
            assert boot.reason is t.BootReasonEnumType.RemoteReset
            assert ended == [None]

    run_simulated(scenario())


def test_a_single_evse_is_reset_only_where_the_product_claims_it() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            answer = await csms.call(m.ResetRequest(type=ON_IDLE, evse_id=1))
            assert answer.status is t.ResetStatusEnumType.Rejected  # B11.FR.09
            assert station.station is not None

    run_simulated(scenario())


def test_an_evse_is_reset_without_a_reboot() -> None:
    async def scenario() -> None:
        async with powered_station(claiming={"C-13": True}) as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            context = context_of(station)
            happened: list[str] = []

            async def end(evse_id: int | None) -> None:
                happened.append(f"end {evse_id}")

            async def renew(evse_id: int) -> None:
                happened.append(f"renew {evse_id}")

            context.lifecycle.reset_now.add(end)
            context.lifecycle.evse_reset.add(renew)
            context.activity.begin("transaction 1", 1)
            other = await csms.call(m.ResetRequest(type=ON_IDLE, evse_id=2))
            assert other.status is t.ResetStatusEnumType.Accepted  # B11.FR.08
            busy = await csms.call(m.ResetRequest(type=ON_IDLE, evse_id=1))
            assert busy.status is t.ResetStatusEnumType.Scheduled
            unknown = await csms.call(m.ResetRequest(type=ON_IDLE, evse_id=9))
            assert unknown.status is t.ResetStatusEnumType.Rejected
            context.activity.end("transaction 1")  # B12.FR.07
            await asyncio.sleep(10)
            assert happened == ["end 2", "renew 2", "end 1", "renew 1"]
            assert len(csms.all(m.BootNotificationRequest)) == 1

    run_simulated(scenario())


def test_an_uninterruptible_activity_is_not_interrupted() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            activity = context_of(station).activity
            activity.begin("firmware", interruptible=False)
            refused = await csms.call(m.ResetRequest(type=IMMEDIATE))
            assert refused.status is t.ResetStatusEnumType.Rejected  # B12.FR.10
            scheduled = await csms.call(m.ResetRequest(type=ON_IDLE))
            assert scheduled.status is t.ResetStatusEnumType.Scheduled
            activity.end("firmware")
            await csms.expect(m.BootNotificationRequest, 2)

    run_simulated(scenario())


def test_after_a_power_loss_the_reason_is_power_up() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await station.power_off()
            assert station.station is None
            await asyncio.sleep(60)
            assert len(csms.handshakes) == 1
            station.power_on()
            boot = await csms.expect(m.BootNotificationRequest, 2)
            assert boot.reason is t.BootReasonEnumType.PowerUp

    run_simulated(scenario())


def test_a_power_loss_leaves_no_task_running() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            stopped = asyncio.Event()

            async def work() -> None:
                try:
                    await asyncio.sleep(1e6)
                finally:
                    stopped.set()

            context_of(station).spawn(work(), "work")
            await asyncio.sleep(1)
            await station.power_off()
            assert stopped.is_set()

    run_simulated(scenario())
