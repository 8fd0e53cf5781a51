"""The CSMS's remote hands on the wire (F01 to F06)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.station.scene import HYC, Scene, play, variant

from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

START = t.RequestStartStopStatusEnumType
TRIGGER = t.TriggerMessageStatusEnumType


async def start(
    it: Scene, evse_id: int | None = 1, kind: str = "ISO14443", remote_start_id: int = 7
) -> m.RequestStartTransactionResponse:
    response = await it.csms.call(
        m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token="A", type=t.IdTokenEnumType(kind)),
            remote_start_id=remote_start_id,
            evse_id=UNSET if evse_id is None else evse_id,
        )
    )
    await asyncio.sleep(1)
    return response


async def trigger(
    it: Scene, message: str, evse_id: int | None = None, connector_id: int | None = None
) -> t.TriggerMessageStatusEnumType:
    evse = UNSET
    if evse_id is not None:
        evse = t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)
    response = await it.csms.call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType(message), evse=evse)
    )
    await asyncio.sleep(1)
    return response.status


@pytest.mark.parametrize(
    ("start_point", "story"),
    [
        ("Authorized", ["Started RemoteStart Idle", "Updated CablePluggedIn EVConnected"]),
        ("EVConnected", ["Started RemoteStart EVConnected"]),  # F02.FR.21 note
        ("PowerPathClosed", ["Started RemoteStart EVConnected"]),
        ("EnergyTransfer", ["Started RemoteStart Charging"]),
    ],
)
def test_next_event_after_a_remote_start_says_so(start_point: str, story: list[str]) -> None:
    async def body(it: Scene) -> None:
        assert (await start(it)).status is START.Accepted
        it.operator.plug_in(1, 1)
        await asyncio.sleep(15)
        assert it.story()[: len(story)] == story
        assert it.events[0].transaction_info.remote_start_id == 7  # F02.FR.01
        assert it.events[0].id_token == t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)  # F02.FR.05
        assert it.events[1:] == [e for e in it.events[1:] if e.transaction_info.remote_start_id is UNSET]

    play(body, start=start_point)


def test_remote_start_of_a_transaction_that_has_begun_names_it() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await asyncio.sleep(2)
        response = await start(it)
        assert response.transaction_id == it.events[0].transaction_info.transaction_id  # F01.FR.13
        await asyncio.sleep(10)
        assert it.story()[1:] == ["Updated RemoteStart", "Updated ChargingStateChanged Charging"]
        assert it.events[1].transaction_info.remote_start_id == 7  # F01.FR.25

    play(body, start="EVConnected")


@pytest.mark.parametrize(
    ("check", "kind", "asked"), [("true", "ISO14443", 1), ("false", "ISO14443", 0), ("true", "Central", 0)]
)
def test_token_of_a_remote_start_is_authorized_only_if_it_must_be(check: str, kind: str, asked: int) -> None:
    async def body(it: Scene) -> None:
        await start(it, kind=kind)
        assert len(it.csms.all(m.AuthorizeRequest)) == asked  # F02.FR.09, F02.FR.10, C05.FR.01
        assert it.story() == ["Started RemoteStart Idle"]

    play(body, start="Authorized", AuthCtrlr__AuthorizeRemoteStart=check)


def test_remote_start_for_a_token_that_is_not_accepted_starts_nothing() -> None:
    async def body(it: Scene) -> None:
        it.statuses["A"] = "Blocked"
        assert (await start(it)).status is START.Accepted  # the answer comes first
        assert it.events == []

    play(body, start="Authorized", AuthCtrlr__AuthorizeRemoteStart="true")


def test_driver_of_a_remote_start_must_plug_in_in_time() -> None:
    async def body(it: Scene) -> None:
        await start(it)
        await asyncio.sleep(25)
        assert it.story() == ["Started RemoteStart Idle", "Ended EVConnectTimeout Idle because Timeout"]  # F02.FR.07
        assert (await start(it, remote_start_id=8)).status is START.Accepted

    play(body, start="Authorized", stop="Authorized", TxCtrlr__EVConnectionTimeOut="20")


def test_remote_start_is_rejected_where_nobody_can_charge() -> None:
    async def body(it: Scene) -> None:
        assert (await start(it, 9)).status is START.Rejected
        assert (await start(it, 1)).status is START.Accepted
        assert (await start(it, 1)).status is START.Rejected  # F01.FR.24
        it.operator.fault(2, 1, present=True)
        await asyncio.sleep(1)
        assert (await start(it, 2)).status is START.Rejected  # F01.FR.23

    play(body, start="Authorized")


def test_station_chooses_an_evse_where_an_ev_waits() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(2, 1)
        await asyncio.sleep(1)
        assert (await start(it, None)).status is START.Accepted  # F01.FR.20
        await asyncio.sleep(15)
        assert it.operator.evses[2].meter.read().power > 0

    play(body, start="PowerPathClosed")


def test_remote_stop_of_an_unknown_transaction_is_rejected() -> None:
    async def body(it: Scene) -> None:
        response = await it.csms.call(m.RequestStopTransactionRequest(transaction_id="nobody's"))
        assert response.status is START.Rejected  # F03.FR.08

    play(body)


def test_remote_stop_ends_a_transaction_that_nobody_authorized() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        first = await it.event(1)
        await it.csms.call(m.RequestStopTransactionRequest(transaction_id=first.transaction_info.transaction_id))
        await asyncio.sleep(1)
        assert it.story()[-1] == "Ended RemoteStop EVConnected because Remote"  # F03.FR.03

    play(body, start="EVConnected", stop="Authorized")


def test_pending_station_rejects_remote_starts() -> None:
    async def body(it: Scene) -> None:
        it.csms.statuses.append(t.RegistrationStatusEnumType.Pending)
        await it.csms.call(m.ResetRequest(type=t.ResetEnumType.Immediate))
        await it.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(1)
        assert (await start(it)).status is START.Rejected  # B02.FR.05

    play(body, start="Authorized")


# F05


def test_station_without_a_lock_does_not_know_unlocking() -> None:
    async def body(it: Scene) -> None:
        with pytest.raises(CallErrorReceived):
            await it.csms.call(m.UnlockConnectorRequest(evse_id=1, connector_id=1))

    play(body)


def test_connector_is_unlocked_unless_an_authorized_transaction_holds_it(tmp_path: Path) -> None:
    async def unlock(it: Scene, evse_id: int, connector_id: int) -> str:
        request = m.UnlockConnectorRequest(evse_id=evse_id, connector_id=connector_id)
        return (await it.csms.call(request)).status.value

    async def body(it: Scene) -> None:
        assert await unlock(it, 1, 1) == "Unlocked"  # F05.FR.04, F05.FR.06
        assert await unlock(it, 1, 999) == "UnknownConnector"  # F05.FR.03
        it.operator.plug_in(1, 1)
        it.operator.present_token("A", "ISO14443", 1)
        await asyncio.sleep(15)
        assert await unlock(it, 1, 1) == "OngoingAuthorizedTransaction"  # F05.FR.02

    play(body, detachable(tmp_path), start="PowerPathClosed", stop="EVConnected")


def detachable(folder: Path) -> str:
    answers = {"HFS-1": True, "HFS-2": False, "AQ-18": True}
    return variant(folder, HYC, answers, **{"Fixed Cable": "Detachable"})


# F06


def test_meter_values_are_sent_for_one_evse_or_for_all() -> None:
    async def body(it: Scene) -> None:
        assert await trigger(it, "MeterValues", 2) is TRIGGER.Accepted
        assert [request.evse_id for request in it.csms.all(m.MeterValuesRequest)] == [2]
        assert await trigger(it, "MeterValues") is TRIGGER.Accepted  # F06.FR.11
        requests = it.csms.all(m.MeterValuesRequest)
        assert [request.evse_id for request in requests] == [2, 1, 2]
        contexts = {value.context for r in requests for mv in r.meter_value for value in mv.sampled_value}
        assert contexts == {t.ReadingContextEnumType.Trigger}

    play(body)


def test_status_is_sent_for_a_connector_only() -> None:
    async def body(it: Scene) -> None:
        before = it.connector_statuses()
        assert await trigger(it, "StatusNotification", 1, 1) is TRIGGER.Accepted
        assert it.connector_statuses() == [*before, "Available"]
        assert await trigger(it, "StatusNotification", 1) is TRIGGER.Rejected  # F06.FR.12
        assert await trigger(it, "StatusNotification") is TRIGGER.Rejected
        assert await trigger(it, "StatusNotification", 1, 5) is TRIGGER.Rejected

    play(body)


def test_heartbeat_is_sent_and_a_boot_notification_only_before_it_was_accepted() -> None:
    async def body(it: Scene) -> None:
        assert await trigger(it, "Heartbeat") is TRIGGER.Accepted
        assert len(it.csms.all(m.HeartbeatRequest)) == 1
        it.csms.ahead = 100.0
        assert await trigger(it, "Heartbeat") is TRIGGER.Accepted
        assert it.station.station is not None
        assert abs(it.station.station.context.now() - it.csms.now()) < timedelta(seconds=1)
        assert await trigger(it, "BootNotification") is TRIGGER.Rejected  # F06.FR.17

    play(body)


@pytest.mark.parametrize("message", ["SignCombinedCertificate", "TransactionEvent", "LogStatusNotification"])
def test_message_that_the_product_does_not_offer_is_not_implemented(message: str) -> None:
    async def body(it: Scene) -> None:
        assert await trigger(it, message) is TRIGGER.NotImplemented  # F06.FR.08

    play(body)


def test_answer_comes_before_the_message_that_was_asked_for() -> None:
    async def body(it: Scene) -> None:
        order: list[str] = []

        def note(_: Any) -> m.HeartbeatResponse:
            order.append("Heartbeat")
            return m.HeartbeatResponse(current_time=it.csms.now())

        it.csms.replies["Heartbeat"] = note
        await it.csms.call(m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.Heartbeat))
        order.append("response")
        await asyncio.sleep(1)
        assert order == ["response", "Heartbeat"]  # F06.FR.04

    play(body)


def test_transaction_event_is_sent_with_the_latest_values(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        assert await trigger(it, "TransactionEvent") is TRIGGER.Rejected
        it.operator.plug_in(1, 1)
        it.operator.present_token("A", "ISO14443", 1)
        await asyncio.sleep(15)
        assert await trigger(it, "TransactionEvent", 1) is TRIGGER.Accepted
        assert it.story()[-1] == "Updated Trigger Charging"  # F06.FR.07
        assert it.events[-1].meter_value[0].sampled_value[0].context is t.ReadingContextEnumType.Trigger

    play(body, variant(tmp_path, HYC, {"C-29.2": True}), start="PowerPathClosed")
