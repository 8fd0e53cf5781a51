"""Cold boot: messages before and after the CSMS accepts the station (B01, B02, B03), and heartbeats."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from tests.station.csms import Csms
from tests.station.powered_station import PASSWORD, powered_station

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import (
    BootReasonEnumType,
    ComponentType,
    GetVariableDataType,
    MessageTriggerEnumType,
    RegistrationStatusEnumType,
    ReportBaseEnumType,
    VariableType,
)

PENDING, REJECTED = RegistrationStatusEnumType.Pending, RegistrationStatusEnumType.Rejected

TRIGGER = m.TriggerMessageRequest(requested_message=MessageTriggerEnumType.BootNotification)

HEARTBEAT_INTERVAL = m.GetVariablesRequest(
    get_variable_data=[
        GetVariableDataType(
            component=ComponentType(name="OCPPCommCtrlr"), variable=VariableType(name="HeartbeatInterval")
        )
    ]
)


@asynccontextmanager
async def answered_station(status: RegistrationStatusEnumType) -> AsyncIterator[Csms]:
    """The CSMS of a station that gets this answer to its first BootNotification."""
    async with powered_station(on=False) as (station, csms):
        csms.statuses.append(status)
        station.power_on()
        await csms.expect(m.BootNotificationRequest)
        yield csms


def test_it_boots_with_its_identity_and_product() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            boot = await csms.expect(m.BootNotificationRequest)
            assert csms.handshakes[0].identity == "CS001"
            assert csms.handshakes[0].credentials == ("CS001", PASSWORD)
            assert boot.reason is BootReasonEnumType.PowerUp
            assert boot.charging_station.vendor_name == "Alpitronic"
            assert boot.charging_station.model == "Hypercharger HYC 200"  # no more than 20 characters

    run_simulated(scenario())


def test_it_reports_its_start_once_it_is_accepted() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            event = await csms.expect(m.SecurityEventNotificationRequest)
            assert event.type == "StartupOfTheDevice"
            assert isinstance(csms.received[0][1], m.BootNotificationRequest)

    run_simulated(scenario())


def test_while_rejected_it_sends_nothing_until_the_interval_is_over() -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.interval = 90
            csms.statuses.extend([REJECTED])
            station.power_on()
            second = await csms.expect(m.BootNotificationRequest, 2)
            assert [type(request) for _, request in csms.received[:2]] == [m.BootNotificationRequest] * 2
            assert csms.time_of(second) - csms.received[0][0] >= 90  # B03.FR.06
            assert second.reason is BootReasonEnumType.PowerUp

    run_simulated(scenario())


def test_while_rejected_it_answers_with_a_security_error() -> None:
    async def scenario() -> None:
        async with answered_station(REJECTED) as csms:
            await asyncio.sleep(1)
            with pytest.raises(CallErrorReceived) as caught:
                await csms.call(HEARTBEAT_INTERVAL)
            assert caught.value.code == "SecurityError"  # B03.FR.08

    run_simulated(scenario())


def test_while_rejected_it_answers_what_it_cannot_use_with_a_security_error() -> None:
    async def scenario() -> None:
        async with answered_station(REJECTED) as csms:
            await asyncio.sleep(1)
            assert csms.peer is not None
            await csms.peer.send_text('[2,"x","NoAction",{}]')
            await asyncio.sleep(1)
            (error,) = csms.call_errors
            assert error.startswith('[4,"x","SecurityError",')  # B03.FR.08

    run_simulated(scenario())


def test_while_pending_it_answers_and_reports_but_sends_nothing_unsolicited() -> None:
    async def scenario() -> None:
        async with answered_station(PENDING) as csms:
            answer = await csms.call(HEARTBEAT_INTERVAL)
            assert answer.get_variable_result[0].attribute_value == "300"
            await csms.call(m.GetBaseReportRequest(request_id=1, report_base=ReportBaseEnumType.ConfigurationInventory))
            await csms.expect(m.NotifyReportRequest)
            await asyncio.sleep(200)
            own = [request for _, request in csms.received if not isinstance(request, m.NotifyReportRequest)]
            assert [type(request) for request in own] == [m.BootNotificationRequest]  # B02.FR.02

    run_simulated(scenario())


def test_while_pending_it_reports_neither_statuses_nor_clock_aligned_values_with_queue_all_messages() -> None:
    async def scenario() -> None:
        settings = {"OCPPCommCtrlr.QueueAllMessages": "true", "AlignedDataCtrlr.Interval": "60"}
        csms = Csms(interval=3600)
        csms.statuses.append(PENDING)
        async with powered_station("reference-ac", csms=csms, variables=settings) as (station, _):
            await csms.expect(m.BootNotificationRequest)
            assert isinstance(station.hardware, VirtualHardware)
            station.hardware.plug_in(1, 1)
            await asyncio.sleep(300)
            assert {request.action for _, request in csms.received} == {"BootNotification"}

    run_simulated(scenario())


def test_while_pending_a_trigger_brings_the_boot_notification_forward() -> None:
    async def scenario() -> None:
        async with answered_station(PENDING) as csms:
            await asyncio.sleep(5)
            assert (await csms.call(TRIGGER)).status == "Accepted"
            triggered = await csms.expect(m.BootNotificationRequest, 2, within=5)
            assert triggered.reason is BootReasonEnumType.Triggered
            await csms.expect(m.SecurityEventNotificationRequest)
            assert (await csms.call(TRIGGER)).status == "Rejected"  # F06.FR.17

    run_simulated(scenario())


def test_a_lost_connection_does_not_bring_the_next_boot_notification_forward() -> None:
    async def scenario() -> None:
        async with answered_station(PENDING) as csms:
            await asyncio.sleep(1)
            assert csms.peer is not None
            await csms.peer.close()
            second = await csms.expect(m.BootNotificationRequest, 2)
            assert csms.time_of(second) - csms.received[0][0] >= 300  # B02.FR.04
            assert len(csms.handshakes) == 2

    run_simulated(scenario())


def test_a_boot_notification_that_fails_is_sent_again_after_a_while() -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.replies["BootNotification"] = lambda _: m.HeartbeatResponse(current_time=None)  # type: ignore[arg-type]
            station.power_on()
            await csms.expect(m.BootNotificationRequest)
            del csms.replies["BootNotification"]
            second = await csms.expect(m.BootNotificationRequest, 2)
            assert csms.time_of(second) - csms.received[0][0] == pytest.approx(60, abs=1)

    run_simulated(scenario())


@pytest.mark.parametrize("interval", [0, -1, -(2**31), 2**31, 10**400])
@pytest.mark.parametrize("status", [PENDING, REJECTED])
def test_an_invalid_interval_does_not_flood_the_csms(interval: int, status: RegistrationStatusEnumType) -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.interval = interval
            csms.statuses.append(status)
            station.power_on()
            second = await csms.expect(m.BootNotificationRequest, 2)
            assert csms.time_of(second) - csms.received[0][0] == pytest.approx(60, abs=1)  # B02.FR.07, B03.FR.05
            answer = await csms.call(HEARTBEAT_INTERVAL)
            assert answer.get_variable_result[0].attribute_value == "300"

    run_simulated(scenario())


def test_heartbeats_come_at_the_interval_of_the_csms() -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.interval = 45
            station.power_on()
            second = await csms.expect(m.HeartbeatRequest, 2)
            first = csms.all(m.HeartbeatRequest)[0]
            assert csms.time_of(second) - csms.time_of(first) == pytest.approx(45, abs=0.1)
            answer = await csms.call(HEARTBEAT_INTERVAL)
            assert answer.get_variable_result[0].attribute_value == "45"  # B01.FR.04

    run_simulated(scenario())


def test_messages_postpone_the_heartbeat_for_at_most_a_day() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            start = asyncio.get_running_loop().time()
            while not csms.all(m.HeartbeatRequest):
                await csms.call(HEARTBEAT_INTERVAL)
                await asyncio.sleep(200)
            waited = asyncio.get_running_loop().time() - start
            assert waited == pytest.approx(24 * 3600, abs=300)  # G02.FR.05, G02.FR.07

    run_simulated(scenario())


def test_the_clock_is_set_to_the_csms_and_a_large_jump_is_reported() -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.ahead = 3600
            station.power_on()
            await csms.until(lambda: len(csms.all(m.SecurityEventNotificationRequest)) == 2)
            kinds = [event.type for event in csms.all(m.SecurityEventNotificationRequest)]
            assert kinds == ["StartupOfTheDevice", "SettingSystemTime"]
            assert station.station is not None
            assert abs((station.station.context.now() - csms.now()).total_seconds()) < 1  # B01.FR.06

    run_simulated(scenario())


@pytest.mark.parametrize("year", [1, 1970, 2100, 9999])
def test_a_time_out_of_range_is_ignored(year: int) -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            nonsense = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
            csms.replies["BootNotification"] = lambda _: m.BootNotificationResponse(
                current_time=nonsense, interval=10, status=RegistrationStatusEnumType.Accepted
            )
            csms.replies["Heartbeat"] = lambda _: m.HeartbeatResponse(current_time=nonsense)
            station.power_on()
            await csms.expect(m.HeartbeatRequest)
            assert station.station is not None
            reasons: list[str] = []
            station.station.context.lifecycle.time_ignored.add(reasons.append)
            await csms.expect(m.HeartbeatRequest, 3)
            assert len(csms.all(m.BootNotificationRequest)) == 1
            assert set(reasons) == {f"{nonsense.isoformat()} is not between 2000 and 2100"}
            assert abs((station.station.context.now() - csms.now()).total_seconds()) < 1

    run_simulated(scenario())


def test_a_clock_that_is_set_back_continues_from_there() -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.ahead, csms.interval = -86400.0 * 365, 45
            station.power_on()
            await csms.expect(m.HeartbeatRequest, 2)
            assert len(csms.connected_at) == 1
            assert station.station is not None
            assert abs((station.station.context.now() - csms.now()).total_seconds()) < 1

    run_simulated(scenario())


def test_a_cable_that_was_plugged_in_while_pending_counts_when_the_connection_is_lost() -> None:
    async def scenario() -> None:
        start = {"TxCtrlr.TxStartPoint": "EVConnected"}
        async with powered_station(variables=start) as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await station.power_off()
            csms.interval = 600
            csms.statuses.extend([PENDING])
            station.power_on()
            await csms.expect(m.BootNotificationRequest, 2)
            assert isinstance(station.hardware, VirtualHardware)
            station.hardware.plug_in(1, 1)
            await asyncio.sleep(10)
            assert csms.all(m.TransactionEventRequest) == []
            station.network_off()
            await asyncio.sleep(10)
            station.network_on()
            started = await csms.expect(m.TransactionEventRequest)
            assert started.offline is True  # B02.FR.03: it was accepted before

    run_simulated(scenario())
