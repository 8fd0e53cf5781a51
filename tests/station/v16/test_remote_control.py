"""What the CSMS does from afar in OCPP 1.6: start, stop, unlock, reset, switch off, ask (5.2, 5.11 to 5.18)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.v16.scene import CARD, OTHER_CARD, Scene, scene

from plugfest.clock import run_simulated
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def remote_start(it: Scene, connector_id: int | None = 1, id_tag: str = CARD) -> str:
    request = m.RemoteStartTransactionRequest(
        id_tag=id_tag, connector_id=UNSET if connector_id is None else connector_id
    )
    return (await it.csms.call(request)).status.value


async def unlock(it: Scene, connector_id: int) -> str:
    return (await it.csms.call(m.UnlockConnectorRequest(connector_id=connector_id))).status.value


async def switch(it: Scene, connector_id: int, kind: t.ChangeAvailabilityType) -> str:
    return (await it.csms.call(m.ChangeAvailabilityRequest(connector_id=connector_id, type=kind))).status.value


OFF, ON = t.ChangeAvailabilityType.Inoperative, t.ChangeAvailabilityType.Operative


def test_remote_start_before_the_cable() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.forget()
            assert await remote_start(it) == "Accepted"
            await it.status("Preparing")
            it.operator.plug_in(1, 1)
            await it.status("Charging")
            assert it.story() == ["1 Preparing", f"1 Start {CARD}", "1 Charging"]

    run_simulated(scenario())


def test_remote_start_is_authorized_first_if_it_is_configured_so() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await it.change("AuthorizeRemoteTxRequests", "true") == "Accepted"
            it.csms.statuses_of[OTHER_CARD] = "Invalid"
            assert await remote_start(it, 1, OTHER_CARD) == "Accepted"
            await it.csms.expect(m.AuthorizeRequest)
            it.operator.plug_in(1, 1)
            await it.status("Preparing")
            await asyncio.sleep(30)
            assert not it.csms.all(m.StartTransactionRequest)

    run_simulated(scenario())


@pytest.mark.parametrize("connector_id", [0, 3, -1])
def test_remote_start_needs_a_connector_that_is_there(connector_id: int) -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await remote_start(it, connector_id) == "Rejected"

    run_simulated(scenario())


def test_remote_start_without_a_connector_goes_where_an_ev_waits() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.operator.plug_in(2, 1)
            await it.status("Preparing", 2)
            assert await remote_start(it, None) == "Accepted"
            await it.status("Charging", 2)

    run_simulated(scenario())


def test_remote_start_is_rejected_where_somebody_charges() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.charge()
            assert await remote_start(it) == "Rejected"

    run_simulated(scenario())


def test_remote_stop() -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            answer = await it.csms.call(m.RemoteStopTransactionRequest(transaction_id=number + 1))
            assert answer.status is t.RemoteStopTransactionResponseStatus.Rejected
            answer = await it.csms.call(m.RemoteStopTransactionRequest(transaction_id=number))
            assert answer.status is t.RemoteStopTransactionResponseStatus.Accepted
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert (stop.reason, stop.id_tag) == (t.StopTransactionReason.Remote, UNSET)
            await it.status("Finishing")

    run_simulated(scenario())


def test_a_cable_that_belongs_to_the_station_has_no_lock() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.charge()
            assert await unlock(it, 1) == "NotSupported"
            assert await unlock(it, 9) == "NotSupported"
            assert await unlock(it, 0) == "NotSupported"
            await asyncio.sleep(5)
            assert not it.csms.all(m.StopTransactionRequest)

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (t.ResetType.Hard, t.StopTransactionReason.HardReset),
        (t.ResetType.Soft, t.StopTransactionReason.SoftReset),
    ],
)
def test_a_reset_ends_the_transaction_first(kind: t.ResetType, reason: t.StopTransactionReason) -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            it.forget()
            answer = await it.csms.call(m.ResetRequest(type=kind))
            assert answer.status is t.ResetResponseStatus.Accepted
            await it.csms.expect(m.BootNotificationRequest)
            await it.status("Preparing")
            stop, boot = it.csms.all(m.StopTransactionRequest)[0], it.csms.all(m.BootNotificationRequest)[0]
            assert (stop.transaction_id, stop.reason) == (number, reason)
            assert it.csms.time_of(stop) < it.csms.time_of(boot)  # erratum 3.36

    run_simulated(scenario())


def test_what_is_switched_off_stays_so_through_a_reset() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await switch(it, 1, OFF) == "Accepted"
            await it.status("Unavailable")
            assert await switch(it, 1, OFF) == "Accepted"  # 5.2
            it.forget()
            await it.csms.call(m.ResetRequest(type=t.ResetType.Hard))
            await it.status("Available", 2)
            assert it.story()[-4:] == ["BootNotification", "0 Available", "1 Unavailable", "2 Available"]
            assert await switch(it, 1, ON) == "Accepted"
            await it.status("Available")

    run_simulated(scenario())


def test_connector_0_is_the_station_and_all_its_connectors() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.forget()
            assert await switch(it, 0, OFF) == "Accepted"
            await it.status("Unavailable", 2)
            assert it.story() == ["0 Unavailable", "1 Unavailable", "2 Unavailable"]
            assert await switch(it, 1, ON) == "Accepted"
            await it.status("Available", 1)
            assert it.statuses(0) == ["Unavailable"]
            assert await switch(it, 7, ON) == "Rejected"

    run_simulated(scenario())


def test_a_connector_in_use_is_switched_off_afterwards() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.charge()
            assert await switch(it, 1, OFF) == "Scheduled"
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Unavailable")
            await it.csms.expect(m.StopTransactionRequest)

    run_simulated(scenario())


async def trigger(it: Scene, name: str, connector_id: int | None = None) -> str:
    request = m.TriggerMessageRequest(
        requested_message=t.TriggerMessageRequestedMessage(name),
        connector_id=UNSET if connector_id is None else connector_id,
    )
    return (await it.csms.call(request)).status.value


def test_messages_on_request() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.forget()
            assert await trigger(it, "Heartbeat") == "Accepted"
            await it.csms.expect(m.HeartbeatRequest)
            assert await trigger(it, "StatusNotification") == "Accepted"
            await it.status("Available", 2)
            assert it.story() == ["0 Available", "1 Available", "2 Available"]
            assert await trigger(it, "StatusNotification", 0) == "Accepted"
            assert await trigger(it, "MeterValues", 1) == "Accepted"
            values = await it.csms.expect(m.MeterValuesRequest)
            assert values.meter_value[0].sampled_value[0].context is t.ReadingContext.Trigger
            assert await trigger(it, "MeterValues", 3) == "Rejected"
            assert await trigger(it, "BootNotification") == "Rejected"  # erratum 3.35

    run_simulated(scenario())


def test_a_heartbeat_on_request_sets_the_clock_too() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.csms.ahead = 100.0
            assert await trigger(it, "Heartbeat") == "Accepted"
            await it.csms.expect(m.SecurityEventNotificationRequest, 2)
            assert it.station.station is not None
            assert abs(it.station.station.context.now() - it.csms.now()) < timedelta(seconds=1)  # 4.6

    run_simulated(scenario())


def test_clock_aligned_values() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("MeterValueSampleInterval", "0")
            await it.change("ClockAlignedDataInterval", "20")
            number = await it.charge()
            it.forget()
            await it.csms.until(lambda: len([v for v in it.csms.all(m.MeterValuesRequest) if v.connector_id == 1]) == 3)
            values = [each for each in it.csms.all(m.MeterValuesRequest) if each.connector_id == 1]
            assert {each.transaction_id for each in values} == {number}
            assert [each.meter_value[0].timestamp.second % 20 for each in values] == [0, 0, 0]
            assert {each.meter_value[0].sampled_value[0].context for each in values} == {"Sample.Clock"}
            idle = [each for each in it.csms.all(m.MeterValuesRequest) if each.connector_id == 2]
            assert given(idle[0].transaction_id) is None

    run_simulated(scenario())


def test_a_fault_keeps_everybody_from_charging() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.operator.fault(1, 1, present=True)
            fault = await it.status("Faulted")
            assert fault.error_code is t.StatusNotificationErrorCode.OtherError
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(60)
            assert not it.csms.all(m.StartTransactionRequest)
            it.operator.fault(1, 1, present=False)
            await it.status("Preparing")

    run_simulated(scenario())


def test_data_for_a_vendor_that_nobody_knows() -> None:
    async def scenario() -> None:
        async with scene() as it:
            answer = await it.csms.call(m.DataTransferRequest(vendor_id="com.example"))
            assert answer.status is t.DataTransferResponseStatus.UnknownVendorId

    run_simulated(scenario())


def test_there_is_no_cache_to_clear() -> None:
    async def scenario() -> None:
        async with scene() as it:
            answer = await it.csms.call(m.ClearCacheRequest())
            assert answer.status is t.ClearCacheResponseStatus.Rejected  # erratum 3.23

    run_simulated(scenario())
