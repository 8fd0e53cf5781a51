"""When transactions start and end (E01 to E09), and what their events report."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.station.station_bench import CARD, StationBench, cable_first, run_on_bench, token_first

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


@pytest.mark.parametrize(
    ("start", "begin", "transcript"),
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
def test_transaction_starts_at_its_start_point(
    start: str, begin: Callable[[StationBench], Awaitable[None]], transcript: list[str]
) -> None:
    async def body(bench: StationBench) -> None:
        await begin(bench)
        assert bench.transcript() == transcript
        assert [event.seq_no for event in bench.events] == list(range(len(transcript)))  # E01.FR.07
        tokens = [event for event in bench.events if event.id_token is not UNSET]
        assert len(tokens) == 1  # E03.FR.01: once
        evses = [event.evse for event in bench.events if event.evse is not UNSET]
        assert evses == [t.EVSEType(id=1, connector_id=1)]  # E01.FR.16: once, with the connector

    run_on_bench(body, start=start)


async def stop_by_token(bench: StationBench) -> None:
    bench.hardware.present_token("A", CARD)


async def unplug(bench: StationBench) -> None:
    bench.hardware.unplug(1, 1)


async def suspend(bench: StationBench) -> None:
    bench.hardware.ev_suspend(1)


async def stop_remotely(bench: StationBench) -> None:
    transaction_id = bench.events[0].transaction_info.transaction_id
    response = await bench.csms.call(m.RequestStopTransactionRequest(transaction_id=transaction_id))
    assert response.status is t.RequestStartStopStatusEnumType.Accepted  # F03.FR.07


@pytest.mark.parametrize(
    ("stop", "action", "transcript"),
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
def test_transaction_ends_at_its_stop_point(
    stop: str, action: Callable[[StationBench], Awaitable[None]], transcript: list[str]
) -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        before = len(bench.events)
        await action(bench)
        await asyncio.sleep(5)
        assert bench.transcript()[before:] == transcript

    run_on_bench(body, start="EVConnected", stop=stop)


def test_stopped_reason_is_still_known_when_the_cable_is_unplugged() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        await stop_remotely(bench)
        await asyncio.sleep(2)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(2)
        assert bench.transcript()[-1] == "Ended EVCommunicationLost Idle because Remote"
        assert bench.connector_statuses()[-1] == "Available"

    run_on_bench(body, start="EVConnected", stop="EVConnected")


def test_energy_stops_with_the_authorization() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        assert bench.hardware.evses[1].meter.read().power > 0
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(1)
        assert bench.hardware.evses[1].meter.read().power == 0
        assert not bench.hardware.evses[1].connectors[1].contactor.closed

    run_on_bench(body, start="EVConnected", stop="EVConnected")


def test_cable_of_an_ended_transaction_starts_no_new_one() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(60)
        assert bench.transcript()[-1].startswith("Ended")
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(20)
        assert bench.transcript()[-2:] == ["Started Authorized EVConnected", "Updated ChargingStateChanged Charging"]
        assert bench.events[-1].transaction_info.transaction_id != bench.events[0].transaction_info.transaction_id

    run_on_bench(body, start="EVConnected", stop="Authorized")


def test_authorization_ends_if_the_driver_does_not_plug_in_in_time() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(25)
        assert bench.transcript() == [
            "Started Authorized Idle",
            "Ended EVConnectTimeout Idle because Timeout",
        ]  # E03.FR.05
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(20)
        assert len(bench.events) == 2
        assert bench.hardware.evses[1].meter.read().power == 0

    run_on_bench(body, start="Authorized", stop="Authorized", TxCtrlr__EVConnectionTimeOut="20")


def test_timeout_without_a_transaction_sends_no_event() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(25)  # C01.FR.26
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(20)
        assert bench.transcript() == ["Started CablePluggedIn EVConnected"]

    run_on_bench(body, start="EVConnected", TxCtrlr__EVConnectionTimeOut="20")


def test_ev_suspends_until_it_is_ready() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.ev_suspend(1)
        await token_first(bench)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged SuspendedEV"
        bench.hardware.ev_resume(1)
        await asyncio.sleep(5)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged Charging"

    run_on_bench(body, start="Authorized")


@pytest.mark.parametrize("stop", ["EVConnected", "EnergyTransfer"])
def test_transaction_ends_if_the_token_is_presented_again_before_plugging_in(stop: str) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(5)
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(5)
        assert bench.transcript() == ["Started Authorized Idle", "Ended StopAuthorized Idle because Local"]

    run_on_bench(body, start="Authorized", stop=stop)


def test_transaction_ends_if_the_ev_is_unplugged_before_energy_flows() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(5)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(5)
        assert bench.transcript() == [
            "Started CablePluggedIn EVConnected",
            "Ended EVCommunicationLost Idle because EVDisconnected",
        ]

    run_on_bench(body, start="EVConnected", stop="EnergyTransfer")
