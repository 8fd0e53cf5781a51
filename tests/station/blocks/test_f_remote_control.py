"""Remote control on the wire (F01 to F06)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.station.station_bench import HYC, StationBench, product_variant, run_on_bench

from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

START = t.RequestStartStopStatusEnumType
TRIGGER = t.TriggerMessageStatusEnumType


async def start(
    bench: StationBench, evse_id: int | None = 1, kind: str = "ISO14443", remote_start_id: int = 7
) -> m.RequestStartTransactionResponse:
    response = await bench.csms.call(
        m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token="A", type=t.IdTokenEnumType(kind)),
            remote_start_id=remote_start_id,
            evse_id=UNSET if evse_id is None else evse_id,
        )
    )
    await asyncio.sleep(1)
    return response


async def trigger(
    bench: StationBench, message: str, evse_id: int | None = None, connector_id: int | None = None
) -> t.TriggerMessageStatusEnumType:
    return (await triggered(bench, message, evse_id, connector_id)).status


async def triggered(
    bench: StationBench, message: str, evse_id: int | None, connector_id: int | None
) -> m.TriggerMessageResponse:
    evse = UNSET
    if evse_id is not None:
        evse = t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)
    response = await bench.csms.call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType(message), evse=evse)
    )
    await asyncio.sleep(1)
    return response


@pytest.mark.parametrize(
    ("start_point", "transcript"),
    [
        ("Authorized", ["Started RemoteStart Idle", "Updated CablePluggedIn EVConnected"]),
        ("EVConnected", ["Started RemoteStart EVConnected"]),  # F02.FR.21 note
        ("PowerPathClosed", ["Started RemoteStart EVConnected"]),
        ("EnergyTransfer", ["Started RemoteStart Charging"]),
    ],
)
def test_next_event_reports_the_remote_start(start_point: str, transcript: list[str]) -> None:
    async def body(bench: StationBench) -> None:
        assert (await start(bench)).status is START.Accepted
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(15)
        assert bench.transcript()[: len(transcript)] == transcript
        assert bench.events[0].transaction_info.remote_start_id == 7  # F02.FR.01
        assert bench.events[0].id_token == t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)  # F02.FR.05
        assert bench.events[1:] == [e for e in bench.events[1:] if e.transaction_info.remote_start_id is UNSET]

    run_on_bench(body, start=start_point)


def test_remote_start_of_an_ongoing_transaction_names_it() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        response = await start(bench)
        assert response.transaction_id == bench.events[0].transaction_info.transaction_id  # F01.FR.13
        await asyncio.sleep(10)
        assert bench.transcript()[1:] == ["Updated RemoteStart", "Updated ChargingStateChanged Charging"]
        assert bench.events[1].transaction_info.remote_start_id == 7  # F01.FR.25

    run_on_bench(body, start="EVConnected")


@pytest.mark.parametrize(
    ("check", "kind", "asked"), [("true", "ISO14443", 1), ("false", "ISO14443", 0), ("true", "Central", 0)]
)
def test_token_of_a_remote_start_is_authorized_only_if_required(check: str, kind: str, asked: int) -> None:
    async def body(bench: StationBench) -> None:
        await start(bench, kind=kind)
        assert len(bench.csms.all(m.AuthorizeRequest)) == asked  # F02.FR.09, F02.FR.10, C05.FR.01
        assert bench.transcript() == ["Started RemoteStart Idle"]

    run_on_bench(body, start="Authorized", AuthCtrlr__AuthorizeRemoteStart=check)


def test_remote_start_for_a_token_that_is_not_accepted_starts_nothing() -> None:
    async def body(bench: StationBench) -> None:
        bench.statuses["A"] = "Blocked"
        assert (await start(bench)).status is START.Accepted  # the answer comes first
        assert bench.events == []

    run_on_bench(body, start="Authorized", AuthCtrlr__AuthorizeRemoteStart="true")


def test_driver_of_a_remote_start_must_plug_in_in_time() -> None:
    async def body(bench: StationBench) -> None:
        await start(bench)
        await asyncio.sleep(25)
        assert bench.transcript() == [
            "Started RemoteStart Idle",
            "Ended EVConnectTimeout Idle because Timeout",
        ]  # F02.FR.07
        assert (await start(bench, remote_start_id=8)).status is START.Accepted

    run_on_bench(body, start="Authorized", stop="Authorized", TxCtrlr__EVConnectionTimeOut="20")


async def rejection(bench: StationBench, evse_id: int | None) -> tuple[str, str | None]:
    """The reason code and the details of a rejected remote start."""
    answer = await start(bench, evse_id)
    assert answer.status is START.Rejected
    info = given(answer.status_info)
    assert info is not None
    return info.reason_code, given(info.additional_info)


def test_remote_start_is_rejected_if_the_evse_is_not_free() -> None:
    async def body(bench: StationBench) -> None:
        assert await rejection(bench, 9) == ("UnknownEvse", None)
        assert await rejection(bench, 0) == ("ValuePositiveOnly", None)
        assert await rejection(bench, -1) == ("ValuePositiveOnly", None)
        assert (await start(bench, 1)).status is START.Accepted
        assert await rejection(bench, 1) == ("TxInProgress", None)  # F01.FR.24
        bench.hardware.fault(2, 1, present=True)
        await asyncio.sleep(1)
        assert await rejection(bench, 2) == ("Unspecified", "it is Faulted")  # F01.FR.23

    run_on_bench(body, start="Authorized")


def test_remote_start_without_an_evse_is_rejected_if_none_is_free() -> None:
    async def body(bench: StationBench) -> None:
        for evse_id in bench.hardware.evses:
            bench.hardware.fault(evse_id, 1, present=True)
        await asyncio.sleep(1)
        reason, detail = await rejection(bench, None)
        assert reason == "Unspecified"
        assert (detail or "").startswith("EVSE 1: it is Faulted, EVSE 2: it is Faulted")

    run_on_bench(body, start="Authorized")


def test_remote_start_at_an_evse_with_an_authorized_driver_is_rejected_without_naming_a_transaction() -> None:
    async def body(bench: StationBench) -> None:
        assert (await start(bench, 1)).status is START.Accepted
        assert await rejection(bench, 1) == ("Unspecified", "a driver is authorized")

    run_on_bench(body, start="PowerPathClosed")


def test_station_chooses_an_evse_with_an_ev() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(2, 1)
        await asyncio.sleep(1)
        assert (await start(bench, None)).status is START.Accepted  # F01.FR.20
        await asyncio.sleep(15)
        assert bench.hardware.evses[2].meter.read().power > 0

    run_on_bench(body, start="PowerPathClosed")


def test_remote_stop_of_an_unknown_transaction_is_rejected() -> None:
    async def body(bench: StationBench) -> None:
        response = await bench.csms.call(m.RequestStopTransactionRequest(transaction_id="unknown"))
        assert response.status is START.Rejected  # F03.FR.08

    run_on_bench(body)


def test_remote_stop_ends_a_transaction_without_authorization() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        first = await bench.event(1)
        await bench.csms.call(m.RequestStopTransactionRequest(transaction_id=first.transaction_info.transaction_id))
        await asyncio.sleep(1)
        assert bench.transcript()[-1] == "Ended RemoteStop EVConnected because Remote"  # F03.FR.03

    run_on_bench(body, start="EVConnected", stop="Authorized")


def test_pending_station_rejects_remote_starts() -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.statuses.append(t.RegistrationStatusEnumType.Pending)
        await bench.csms.call(m.ResetRequest(type=t.ResetEnumType.Immediate))
        await bench.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(1)
        assert (await start(bench)).status is START.Rejected  # B02.FR.05

    run_on_bench(body, start="Authorized")


# F05


def test_station_without_a_lock_does_not_support_unlock_connector() -> None:
    async def body(bench: StationBench) -> None:
        with pytest.raises(CallErrorReceived):
            await bench.csms.call(m.UnlockConnectorRequest(evse_id=1, connector_id=1))

    run_on_bench(body)


def test_connector_is_unlocked_unless_an_authorized_transaction_uses_it(tmp_path: Path) -> None:
    async def unlock(bench: StationBench, evse_id: int, connector_id: int) -> str:
        request = m.UnlockConnectorRequest(evse_id=evse_id, connector_id=connector_id)
        return (await bench.csms.call(request)).status.value

    async def body(bench: StationBench) -> None:
        assert await unlock(bench, 1, 1) == "Unlocked"  # F05.FR.04, F05.FR.06
        assert await unlock(bench, 1, 999) == "UnknownConnector"  # F05.FR.03
        bench.hardware.plug_in(1, 1)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(15)
        assert await unlock(bench, 1, 1) == "OngoingAuthorizedTransaction"  # F05.FR.02

    run_on_bench(body, detachable_cable(tmp_path), start="PowerPathClosed", stop="EVConnected")


def detachable_cable(folder: Path) -> str:
    answers = {"HFS-1": True, "HFS-2": False, "AQ-18": True}
    return product_variant(folder, HYC, answers, **{"Fixed Cable": "Detachable"})


# F06


def test_meter_values_are_sent_for_one_evse_or_for_all() -> None:
    async def body(bench: StationBench) -> None:
        assert await trigger(bench, "MeterValues", 2) is TRIGGER.Accepted
        assert [request.evse_id for request in bench.csms.all(m.MeterValuesRequest)] == [2]
        assert await trigger(bench, "MeterValues") is TRIGGER.Accepted  # F06.FR.11
        requests = bench.csms.all(m.MeterValuesRequest)
        assert [request.evse_id for request in requests] == [2, 1, 2]
        contexts = {value.context for r in requests for mv in r.meter_value for value in mv.sampled_value}
        assert contexts == {t.ReadingContextEnumType.Trigger}

    run_on_bench(body)


def test_status_is_sent_for_a_connector_only() -> None:
    async def body(bench: StationBench) -> None:
        before = bench.connector_statuses()
        assert await trigger(bench, "StatusNotification", 1, 1) is TRIGGER.Accepted
        assert bench.connector_statuses() == [*before, "Available"]
        assert await trigger(bench, "StatusNotification", 1) is TRIGGER.Rejected  # F06.FR.12
        assert await trigger(bench, "StatusNotification") is TRIGGER.Rejected
        assert await trigger(bench, "StatusNotification", 1, 5) is TRIGGER.Rejected

    run_on_bench(body)


def test_heartbeat_is_sent_and_a_boot_notification_only_before_it_was_accepted() -> None:
    async def body(bench: StationBench) -> None:
        assert await trigger(bench, "Heartbeat") is TRIGGER.Accepted
        assert len(bench.csms.all(m.HeartbeatRequest)) == 1
        bench.csms.ahead = 100.0
        assert await trigger(bench, "Heartbeat") is TRIGGER.Accepted
        assert bench.station.station is not None
        assert abs(bench.station.station.context.now() - bench.csms.now()) < timedelta(seconds=1)
        assert await trigger(bench, "BootNotification") is TRIGGER.Rejected  # F06.FR.17

    run_on_bench(body)


@pytest.mark.parametrize("message", ["SignCombinedCertificate", "TransactionEvent", "LogStatusNotification"])
def test_message_that_the_product_does_not_claim_is_not_implemented(message: str) -> None:
    async def body(bench: StationBench) -> None:
        assert await trigger(bench, message) is TRIGGER.NotImplemented  # F06.FR.08

    run_on_bench(body)


def test_answer_is_sent_before_the_triggered_message() -> None:
    async def body(bench: StationBench) -> None:
        order: list[str] = []

        def note(_: Any) -> m.HeartbeatResponse:
            order.append("Heartbeat")
            return m.HeartbeatResponse(current_time=bench.csms.now())

        bench.csms.replies["Heartbeat"] = note
        await bench.csms.call(m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.Heartbeat))
        order.append("response")
        await asyncio.sleep(1)
        assert order == ["response", "Heartbeat"]  # F06.FR.04

    run_on_bench(body)


def test_transaction_event_is_sent_with_the_latest_values(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        assert await trigger(bench, "TransactionEvent") is TRIGGER.Rejected
        bench.hardware.plug_in(1, 1)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(15)
        assert await trigger(bench, "TransactionEvent", 1) is TRIGGER.Accepted
        assert bench.transcript()[-1] == "Updated Trigger Charging"  # F06.FR.07
        assert bench.events[-1].meter_value[0].sampled_value[0].context is t.ReadingContextEnumType.Trigger

    run_on_bench(body, product_variant(tmp_path, HYC, {"C-29.2": True}), start="PowerPathClosed")


@pytest.mark.parametrize(
    ("message", "evse_id", "connector_id", "reason"),
    [
        ("StatusNotification", 9, 1, "UnknownEvse"),
        ("StatusNotification", 9, None, "UnknownEvse"),
        ("StatusNotification", 1, 9, "UnknownConnectorId"),
        ("StatusNotification", 1, None, "MissingParam"),  # F06.FR.12
        ("StatusNotification", None, None, "MissingParam"),
        ("MeterValues", 9, None, "UnknownEvse"),
        ("TransactionEvent", 9, None, "UnknownEvse"),
        ("TransactionEvent", 1, None, "TxNotFound"),
        ("TransactionEvent", None, None, "TxNotFound"),
        ("BootNotification", 9, None, "InvalidMessageSeq"),  # F06.FR.03, F06.FR.17
    ],
)
def test_a_rejected_trigger_has_its_reason_code(
    tmp_path: Path, message: str, evse_id: int | None, connector_id: int | None, reason: str
) -> None:
    async def body(bench: StationBench) -> None:
        response = await triggered(bench, message, evse_id, connector_id)
        assert response.status is TRIGGER.Rejected
        info = given(response.status_info)
        assert info is not None
        assert info.reason_code == reason

    claims = dict.fromkeys(("C-29.1", "C-29.2", "C-29.5", "C-29.6"), True)
    run_on_bench(body, product_variant(tmp_path, HYC, claims))
