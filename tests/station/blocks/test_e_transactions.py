"""When transactions start and end (E01 to E09), and what their events report."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.station.scene import CARD, Scene, cable_first, play, token_first

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


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
    it.operator.unplug(1, 1)


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
        it.operator.unplug(1, 1)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended EVCommunicationLost Idle because Remote"
        assert it.connector_statuses()[-1] == "Available"

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


def test_ev_that_is_not_ready_suspends_until_it_is() -> None:
    async def body(it: Scene) -> None:
        it.operator.ev_suspend(1)
        await token_first(it)
        assert it.story()[-1] == "Updated ChargingStateChanged SuspendedEV"
        it.operator.ev_resume(1)
        await asyncio.sleep(5)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"

    play(body, start="Authorized")


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
        it.operator.unplug(1, 1)
        await asyncio.sleep(5)
        assert it.story() == [
            "Started CablePluggedIn EVConnected",
            "Ended EVCommunicationLost Idle because EVDisconnected",
        ]

    play(body, start="EVConnected", stop="EnergyTransfer")
