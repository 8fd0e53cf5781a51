"""Transactions on the wire (E01 to E15): when they start and end, and what they tell."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.station.scene import Scene, scene, variant

from plugfest.clock import run_simulated
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

CARD = "ISO14443"


def play(body: Callable[[Scene], Awaitable[None]], product: str = "alpitronic-hyc-200-eu", **settings: str) -> None:
    async def run() -> None:
        async with scene(product, **settings) as it:
            await body(it)

    run_simulated(run())


async def cable_first(it: Scene) -> None:
    it.operator.plug_in(1, 1)
    await asyncio.sleep(2)
    it.operator.present_token("A", CARD)
    await asyncio.sleep(20)


async def token_first(it: Scene) -> None:
    it.operator.present_token("A", CARD)
    await asyncio.sleep(2)
    it.operator.plug_in(1, 1)
    await asyncio.sleep(20)


@pytest.mark.parametrize(
    ("start", "begin", "story"),
    [
        (  # E01.FR.02, E02.FR.20
            "EVConnected",
            cable_first,
            ["Started CablePluggedIn EVConnected", "Updated Authorized", "Updated ChargingStateChanged Charging"],
        ),
        (  # E01.FR.03
            "Authorized",
            token_first,
            [
                "Started Authorized Idle",
                "Updated CablePluggedIn EVConnected",
                "Updated ChargingStateChanged Charging",
            ],
        ),
        ("Authorized", cable_first, ["Started Authorized EVConnected", "Updated ChargingStateChanged Charging"]),
        (  # E01.FR.05
            "PowerPathClosed",
            token_first,
            ["Started CablePluggedIn EVConnected", "Updated ChargingStateChanged Charging"],
        ),
        ("PowerPathClosed", cable_first, ["Started Authorized EVConnected", "Updated ChargingStateChanged Charging"]),
        ("EnergyTransfer", token_first, ["Started ChargingStateChanged Charging"]),  # E01.FR.06
        ("EnergyTransfer", cable_first, ["Started ChargingStateChanged Charging"]),
    ],
)
def test_transaction_starts_where_it_is_configured_to(
    start: str, begin: Callable[[Scene], Awaitable[None]], story: list[str]
) -> None:
    async def body(it: Scene) -> None:
        await begin(it)
        assert it.story() == story
        assert [event.seq_no for event in it.events] == list(range(len(story)))  # E01.FR.07
        tokens = [event for event in it.events if event.id_token is not UNSET]
        assert len(tokens) == 1  # E03.FR.01: once
        evses = [event.evse for event in it.events if event.evse is not UNSET]
        assert evses == [t.EVSEType(id=1, connector_id=1)]  # E01.FR.16: once, with the connector

    play(body, start=start)


async def stop_by_token(it: Scene) -> None:
    it.operator.present_token("A", CARD)


async def unplug(it: Scene) -> None:
    it.operator.plug_out(1, 1)


async def suspend(it: Scene) -> None:
    it.operator.ev_suspend(1)


async def stop_remotely(it: Scene) -> None:
    transaction_id = it.events[0].transaction_info.transaction_id
    response = await it.csms.call(m.RequestStopTransactionRequest(transaction_id=transaction_id))
    assert response.status is t.RequestStartStopStatusEnumType.Accepted  # F03.FR.07


@pytest.mark.parametrize(
    ("stop", "act", "story"),
    [
        ("Authorized", stop_by_token, ["Ended StopAuthorized EVConnected because Local"]),  # E06.FR.03
        ("PowerPathClosed", stop_by_token, ["Ended StopAuthorized EVConnected because Local"]),  # E06.FR.06
        ("EVConnected", stop_by_token, ["Updated StopAuthorized", "Updated ChargingStateChanged EVConnected"]),
        (
            "EnergyTransfer",
            stop_by_token,
            ["Updated StopAuthorized", "Ended ChargingStateChanged EVConnected because Local"],
        ),
        ("Authorized", stop_remotely, ["Ended RemoteStop EVConnected because Remote"]),  # F03.FR.03
        ("EVConnected", stop_remotely, ["Updated RemoteStop", "Updated ChargingStateChanged EVConnected"]),  # F03.FR.02
        ("EVConnected", unplug, ["Ended EVCommunicationLost Idle because EVDisconnected"]),  # E06.FR.02
        ("PowerPathClosed", unplug, ["Ended EVCommunicationLost Idle because EVDisconnected"]),
        ("Authorized", unplug, ["Ended EVCommunicationLost Idle because EVDisconnected"]),  # E09.FR.01
        ("EnergyTransfer", suspend, ["Ended ChargingStateChanged EVConnected because StoppedByEV"]),  # E06.FR.07
        ("Authorized", suspend, ["Updated ChargingStateChanged SuspendedEV"]),  # E01.FR.19
    ],
)
def test_transaction_ends_where_it_is_configured_to(
    stop: str, act: Callable[[Scene], Awaitable[None]], story: list[str]
) -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        before = len(it.events)
        await act(it)
        await asyncio.sleep(5)
        assert it.story()[before:] == story

    play(body, start="EVConnected", stop=stop)


def test_reason_of_the_stop_is_still_known_when_the_cable_is_pulled() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        await stop_remotely(it)
        await asyncio.sleep(2)
        it.operator.plug_out(1, 1)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended EVCommunicationLost Idle because Remote"
        assert it.connector_story()[-1] == "Available"

    play(body, start="EVConnected", stop="EVConnected")


def test_energy_stops_with_the_authorization() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        assert it.operator.evses[1].meter.read().power > 0
        it.operator.present_token("A", CARD)
        await asyncio.sleep(1)
        assert it.operator.evses[1].meter.read().power == 0
        assert not it.operator.evses[1].connectors[1].contactor.closed

    play(body, start="EVConnected", stop="EVConnected")


def test_nothing_starts_anew_while_the_cable_of_an_ended_transaction_is_still_plugged_in() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        it.operator.present_token("A", CARD)
        await asyncio.sleep(60)
        assert it.story()[-1].startswith("Ended")
        it.operator.present_token("A", CARD)
        await asyncio.sleep(20)
        assert it.story()[-2:] == ["Started Authorized EVConnected", "Updated ChargingStateChanged Charging"]
        assert it.events[-1].transaction_info.transaction_id != it.events[0].transaction_info.transaction_id

    play(body, start="EVConnected", stop="Authorized")


def test_driver_who_does_not_plug_in_in_time_loses_his_authorization() -> None:
    async def body(it: Scene) -> None:
        it.operator.present_token("A", CARD)
        await asyncio.sleep(25)
        assert it.story() == ["Started Authorized Idle", "Ended EVConnectTimeout Idle because Timeout"]  # E03.FR.05
        it.operator.plug_in(1, 1)
        await asyncio.sleep(20)
        assert len(it.events) == 2
        assert it.operator.evses[1].meter.read().power == 0

    play(body, start="Authorized", stop="Authorized", TxCtrlr__EVConnectionTimeOut="20")


def test_timeout_without_a_transaction_is_silent() -> None:
    async def body(it: Scene) -> None:
        it.operator.present_token("A", CARD)
        await asyncio.sleep(25)  # C01.FR.26
        it.operator.plug_in(1, 1)
        await asyncio.sleep(20)
        assert it.story() == ["Started CablePluggedIn EVConnected"]

    play(body, start="EVConnected", TxCtrlr__EVConnectionTimeOut="20")


def test_token_that_the_csms_does_not_accept_afterwards_ends_the_transaction() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = _invalid
        await cable_first(it)
        assert it.story()[-1] == "Ended Deauthorized EVConnected because DeAuthorized"  # E05.FR.10

    play(body, start="EVConnected", stop="Authorized", TxCtrlr__StopTxOnInvalidId="true")


def test_token_that_is_not_accepted_only_stops_the_energy_where_the_stop_point_says_so() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = _invalid
        await cable_first(it)
        assert it.story()[-1] == "Updated Deauthorized EVConnected"  # E05.FR.09
        assert it.operator.evses[1].meter.read().power == 0

    play(body, start="EVConnected", stop="EVConnected", TxCtrlr__StopTxOnInvalidId="true")


def test_energy_is_withheld_from_a_token_that_is_not_accepted() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = _invalid
        await cable_first(it)
        assert it.story()[-1] == "Updated ChargingStateChanged SuspendedEVSE"  # E05.FR.02
        it.csms.replies.pop("TransactionEvent")
        it.operator.present_token("A", CARD)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended StopAuthorized EVConnected because Local"

    play(body, start="EVConnected", stop="Authorized", TxCtrlr__StopTxOnInvalidId="false")


def _invalid(request: m.TransactionEventRequest) -> m.TransactionEventResponse:
    if request.id_token is UNSET:
        return m.TransactionEventResponse()
    info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Invalid)
    return m.TransactionEventResponse(id_token_info=info)


def test_offline_events_are_queued_marked_and_sent_in_order() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        before = len(it.events)
        it.station.network_off()
        it.operator.present_token("A", CARD)
        await asyncio.sleep(2)
        it.operator.plug_out(1, 1)
        await asyncio.sleep(30)
        it.station.network_on()
        await asyncio.sleep(60)
        late = it.events[before:]
        assert it.story()[before:] == ["Ended StopAuthorized EVConnected because Local"]
        assert all(event.offline is True for event in late)  # E08.FR.07, E11.FR.02
        assert [event.seq_no for event in it.events] == list(range(len(it.events)))

    play(body, start="EVConnected", stop="Authorized")


def test_unknown_token_starts_a_transaction_offline_if_that_is_allowed() -> None:
    async def body(it: Scene) -> None:
        it.station.network_off()
        await token_first(it)
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.story()[0] == "Started Authorized Idle"  # C15.FR.08, E04
        assert it.events[0].offline is True

    play(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="true")


def test_unknown_token_starts_nothing_offline_if_that_is_not_allowed() -> None:
    async def body(it: Scene) -> None:
        it.station.network_off()
        await token_first(it)
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.events == []

    play(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="false")


def test_power_cut_ends_the_transaction_at_the_next_start() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        energy = it.operator.evses[1].meter.read().energy_import
        await it.station.power_off()
        await asyncio.sleep(100)
        assert it.operator.evses[1].meter.read().energy_import == energy
        it.station.power_on()
        await asyncio.sleep(30)
        assert it.story()[-1] == "Ended AbnormalCondition EVConnected because PowerLoss"
        assert [event.seq_no for event in it.events] == list(range(len(it.events)))

    play(body, start="EVConnected")


def test_immediate_reset_ends_the_transaction_before_it() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        await it.csms.call(m.ResetRequest(type=t.ResetEnumType.Immediate))
        await it.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(10)
        assert it.story()[-1] == "Ended ResetCommand EVConnected because ImmediateReset"  # B12.FR.04
        assert it.connector_story()[-1] == "Occupied"

    play(body, start="EVConnected")


def test_fault_ends_the_transaction() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        it.operator.fault(1, 1, present=True)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended AbnormalCondition EVConnected because Other"  # E06.FR.16
        assert it.connector_story()[-1] == "Faulted"
        it.operator.fault(1, 1, present=False)
        await asyncio.sleep(2)
        assert it.connector_story()[-1] == "Occupied"

    play(body, start="EVConnected")


def test_ev_that_is_not_ready_suspends_until_it_is() -> None:
    async def body(it: Scene) -> None:
        it.operator.ev_suspend(1)
        await token_first(it)
        assert it.story()[-1] == "Updated ChargingStateChanged SuspendedEV"
        it.operator.ev_resume(1)
        await asyncio.sleep(5)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"

    play(body, start="Authorized")


def test_status_of_a_transaction_says_what_goes_on_and_what_is_queued() -> None:
    async def body(it: Scene) -> None:
        async def status(transaction_id: str | None) -> tuple[bool | None, bool]:
            wanted = UNSET if transaction_id is None else transaction_id
            response = await it.csms.call(m.GetTransactionStatusRequest(transaction_id=wanted))
            return given(response.ongoing_indicator), response.messages_in_queue

        assert await status(None) == (None, False)  # E14.FR.06, E14.FR.08
        assert await status("nobody's") == (False, False)  # E14.FR.01
        await cable_first(it)
        mine = it.events[0].transaction_info.transaction_id
        assert await status(mine) == (True, False)  # E14.FR.02, E14.FR.05
        it.csms.replies["TransactionEvent"] = _refuse
        it.operator.present_token("A", CARD)
        await asyncio.sleep(1)
        assert await status(mine) == (False, True)  # E14.FR.03, E14.FR.04
        assert await status(None) == (None, True)  # E14.FR.07

    play(body, start="EVConnected", stop="Authorized")


def _refuse(_: m.TransactionEventRequest) -> m.TransactionEventResponse:
    raise RuntimeError("the CSMS fails on purpose")


def test_token_that_is_not_accepted_may_still_have_so_much_energy(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = _invalid
        await cable_first(it)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"  # E05.FR.03
        await asyncio.sleep(600)
        assert it.story()[-1] == "Updated ChargingStateChanged SuspendedEVSE"
        assert it.operator.evses[1].meter.read().energy_import == pytest.approx(5_000, abs=1)

    play(
        body,
        variant(tmp_path, "alpitronic-hyc-200-eu", {"C-03": True}),
        start="EVConnected",
        TxCtrlr__StopTxOnInvalidId="false",
        TxCtrlr__MaxEnergyOnInvalidId="5000",
        SampledDataCtrlr__TxUpdatedInterval="0",
    )


def test_events_that_were_not_answered_when_the_connection_went_are_marked_offline() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = _refuse
        it.operator.plug_in(1, 1)
        await asyncio.sleep(2)
        assert it.events[-1].offline is UNSET
        it.station.network_off()
        await asyncio.sleep(5)
        it.csms.replies.pop("TransactionEvent")
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.events[-1].seq_no == it.events[0].seq_no
        assert it.events[-1].offline is True  # E11.FR.07

    play(body, start="EVConnected", SampledDataCtrlr__TxUpdatedInterval="0")


@pytest.mark.parametrize("stop", ["EVConnected", "EnergyTransfer"])
def test_transaction_of_a_driver_who_goes_before_he_plugs_in_ends(stop: str) -> None:
    async def body(it: Scene) -> None:
        it.operator.present_token("A", CARD)
        await asyncio.sleep(5)
        it.operator.present_token("A", CARD)
        await asyncio.sleep(5)
        assert it.story() == ["Started Authorized Idle", "Ended StopAuthorized Idle because Local"]

    play(body, start="Authorized", stop=stop)


def test_transaction_of_an_ev_that_goes_without_energy_ends() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await asyncio.sleep(5)
        it.operator.plug_out(1, 1)
        await asyncio.sleep(5)
        assert it.story() == [
            "Started CablePluggedIn EVConnected",
            "Ended EVCommunicationLost Idle because EVDisconnected",
        ]

    play(body, start="EVConnected", stop="EnergyTransfer")
