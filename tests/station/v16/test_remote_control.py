"""Remote control in OCPP 1.6: start, stop, unlock, reset, availability, trigger messages (5.2, 5.11 to 5.18)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.v16.station_bench import CARD, OTHER_CARD, StationBench, station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def remote_start(bench: StationBench, connector_id: int | None = 1, id_tag: str = CARD) -> str:
    request = m.RemoteStartTransactionRequest(
        id_tag=id_tag, connector_id=UNSET if connector_id is None else connector_id
    )
    return (await bench.csms.call(request)).status.value


async def unlock(bench: StationBench, connector_id: int) -> str:
    return (await bench.csms.call(m.UnlockConnectorRequest(connector_id=connector_id))).status.value


async def change_availability(bench: StationBench, connector_id: int, kind: t.ChangeAvailabilityType) -> str:
    return (await bench.csms.call(m.ChangeAvailabilityRequest(connector_id=connector_id, type=kind))).status.value


OFF, ON = t.ChangeAvailabilityType.Inoperative, t.ChangeAvailabilityType.Operative


def test_remote_start_before_the_cable() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.clear_messages()
            assert await remote_start(bench) == "Accepted"
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1)
            await bench.status("Charging")
            assert bench.transcript() == ["1 Preparing", f"1 Start {CARD}", "1 Charging"]

    run_simulated(scenario())


def test_remote_start_is_authorized_first_if_configured() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await bench.change("AuthorizeRemoteTxRequests", "true") == "Accepted"
            bench.csms.statuses_of[OTHER_CARD] = "Invalid"
            assert await remote_start(bench, 1, OTHER_CARD) == "Accepted"
            await bench.csms.expect(m.AuthorizeRequest)
            bench.hardware.plug_in(1, 1)
            await bench.status("Preparing")
            await asyncio.sleep(30)
            assert not bench.csms.all(m.StartTransactionRequest)

    run_simulated(scenario())


@pytest.mark.parametrize("connector_id", [0, 3, -1])
def test_remote_start_needs_an_existing_connector(connector_id: int) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await remote_start(bench, connector_id) == "Rejected"

    run_simulated(scenario())


def test_remote_start_without_a_connector_chooses_one_with_an_ev() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.hardware.plug_in(2, 1)
            await bench.status("Preparing", 2)
            assert await remote_start(bench, None) == "Accepted"
            await bench.status("Charging", 2)

    run_simulated(scenario())


def test_remote_start_is_rejected_on_a_connector_in_use() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            assert await remote_start(bench) == "Rejected"

    run_simulated(scenario())


def test_remote_stop() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            number = await bench.charge()
            answer = await bench.csms.call(m.RemoteStopTransactionRequest(transaction_id=number + 1))
            assert answer.status is t.RemoteStopTransactionResponseStatus.Rejected
            answer = await bench.csms.call(m.RemoteStopTransactionRequest(transaction_id=number))
            assert answer.status is t.RemoteStopTransactionResponseStatus.Accepted
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert (stop.reason, stop.id_tag) == (t.StopTransactionReason.Remote, UNSET)
            await bench.status("Finishing")

    run_simulated(scenario())


def test_a_fixed_cable_has_no_lock() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            assert await unlock(bench, 1) == "NotSupported"
            assert await unlock(bench, 9) == "NotSupported"
            assert await unlock(bench, 0) == "NotSupported"
            await asyncio.sleep(5)
            assert not bench.csms.all(m.StopTransactionRequest)

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
        async with station_bench() as bench:
            number = await bench.charge()
            bench.clear_messages()
            answer = await bench.csms.call(m.ResetRequest(type=kind))
            assert answer.status is t.ResetResponseStatus.Accepted
            await bench.csms.expect(m.BootNotificationRequest)
            await bench.status("Preparing")
            stop, boot = bench.csms.all(m.StopTransactionRequest)[0], bench.csms.all(m.BootNotificationRequest)[0]
            assert (stop.transaction_id, stop.reason) == (number, reason)
            assert bench.csms.time_of(stop) < bench.csms.time_of(boot)  # erratum 3.36

    run_simulated(scenario())


def test_an_inoperative_connector_stays_inoperative_through_a_reset() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await change_availability(bench, 1, OFF) == "Accepted"
            await bench.status("Unavailable")
            assert await change_availability(bench, 1, OFF) == "Accepted"  # 5.2
            bench.clear_messages()
            await bench.csms.call(m.ResetRequest(type=t.ResetType.Hard))
            await bench.status("Available", 2)
            assert bench.transcript()[-4:] == ["BootNotification", "0 Available", "1 Unavailable", "2 Available"]
            assert await change_availability(bench, 1, ON) == "Accepted"
            await bench.status("Available")

    run_simulated(scenario())


def test_connector_0_is_the_station_and_all_its_connectors() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.clear_messages()
            assert await change_availability(bench, 0, OFF) == "Accepted"
            await bench.status("Unavailable", 2)
            assert bench.transcript() == ["0 Unavailable", "1 Unavailable", "2 Unavailable"]
            assert await change_availability(bench, 1, ON) == "Accepted"
            await bench.status("Available", 1)
            assert bench.statuses(0) == ["Unavailable"]
            assert await change_availability(bench, 7, ON) == "Rejected"

    run_simulated(scenario())


def test_a_connector_in_use_becomes_inoperative_afterwards() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            assert await change_availability(bench, 1, OFF) == "Scheduled"
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Unavailable")
            await bench.csms.expect(m.StopTransactionRequest)

    run_simulated(scenario())


async def trigger(bench: StationBench, name: str, connector_id: int | None = None) -> str:
    request = m.TriggerMessageRequest(
        requested_message=t.TriggerMessageRequestedMessage(name),
        connector_id=UNSET if connector_id is None else connector_id,
    )
    return (await bench.csms.call(request)).status.value


def test_messages_on_request() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.clear_messages()
            assert await trigger(bench, "Heartbeat") == "Accepted"
            await bench.csms.expect(m.HeartbeatRequest)
            assert await trigger(bench, "StatusNotification") == "Accepted"
            await bench.status("Available", 2)
            assert bench.transcript() == ["0 Available", "1 Available", "2 Available"]
            assert await trigger(bench, "StatusNotification", 0) == "Accepted"
            assert await trigger(bench, "MeterValues", 1) == "Accepted"
            values = await bench.csms.expect(m.MeterValuesRequest)
            assert values.meter_value[0].sampled_value[0].context is t.ReadingContext.Trigger
            assert await trigger(bench, "MeterValues", 3) == "Rejected"
            assert await trigger(bench, "BootNotification") == "Rejected"  # erratum 3.35

    run_simulated(scenario())


def test_a_triggered_heartbeat_sets_the_clock() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.csms.ahead = 100.0
            assert await trigger(bench, "Heartbeat") == "Accepted"
            await bench.csms.expect(m.SecurityEventNotificationRequest, 2)
            assert bench.station.station is not None
            assert abs(bench.station.station.context.now() - bench.csms.now()) < timedelta(seconds=1)  # 4.6

    run_simulated(scenario())


def test_clock_aligned_values() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("MeterValueSampleInterval", "0")
            await bench.change("ClockAlignedDataInterval", "20")
            number = await bench.charge()
            bench.clear_messages()
            await bench.csms.until(
                lambda: len([v for v in bench.csms.all(m.MeterValuesRequest) if v.connector_id == 1]) == 3
            )
            values = [each for each in bench.csms.all(m.MeterValuesRequest) if each.connector_id == 1]
            assert {each.transaction_id for each in values} == {number}
            assert [each.meter_value[0].timestamp.second % 20 for each in values] == [0, 0, 0]
            assert {each.meter_value[0].sampled_value[0].context for each in values} == {"Sample.Clock"}
            idle = [each for each in bench.csms.all(m.MeterValuesRequest) if each.connector_id == 2]
            assert given(idle[0].transaction_id) is None

    run_simulated(scenario())


def test_no_transaction_starts_on_a_faulted_connector() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.hardware.fault(1, 1, present=True)
            fault = await bench.status("Faulted")
            assert fault.error_code is t.StatusNotificationErrorCode.OtherError
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(60)
            assert not bench.csms.all(m.StartTransactionRequest)
            bench.hardware.fault(1, 1, present=False)
            await bench.status("Preparing")

    run_simulated(scenario())


def test_data_for_an_unknown_vendor() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            answer = await bench.csms.call(m.DataTransferRequest(vendor_id="com.example"))
            assert answer.status is t.DataTransferResponseStatus.UnknownVendorId

    run_simulated(scenario())


def test_there_is_no_cache_to_clear() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            answer = await bench.csms.call(m.ClearCacheRequest())
            assert answer.status is t.ClearCacheResponseStatus.Rejected  # erratum 3.23

    run_simulated(scenario())
