"""Transactions with other hardware: detachable cables, access locks, parking bay sensors, signing meters."""

import asyncio
from pathlib import Path

import pytest
from tests.station.station_bench import HYC, StationBench, product_variant, reply_invalid, run_on_bench

from plugfest.hardware.ports import HardwareError
from plugfest.hardware.virtual.ev import Ev
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

CARD = "ISO14443"


def detachable_cable(folder: Path, **answers: bool) -> str:
    """A product with sockets and detachable cables."""
    plain = {"HFS-1": True, "HFS-2": False, "AQ-18": True, "C-06.1": True, "C-12.1": True}
    more = {name.replace("_", "-").replace("--", "."): answer for name, answer in answers.items()}
    return product_variant(folder, HYC, plain | more, **{"Fixed Cable": "Detachable"})


def parking_bay_sensor(folder: Path) -> str:
    return product_variant(folder, HYC, {"C-09.6": True, "C-10.5": True})


async def charge(bench: StationBench) -> None:
    bench.hardware.plug_in(1, 1)
    await asyncio.sleep(1)
    bench.hardware.present_token("A", CARD, 1)
    await asyncio.sleep(15)


async def present(bench: StationBench, token: str = "A") -> None:
    bench.hardware.present_token(token, CARD, 1)
    await asyncio.sleep(2)


def is_locked(bench: StationBench) -> bool:
    return bench.hardware.evses[1].connectors[1].plug_locked


# Detachable cables


def test_cable_is_locked_during_the_session_only(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(1)
        assert not is_locked(bench)
        await present(bench)
        assert is_locked(bench)
        await present(bench)
        assert not is_locked(bench)  # E06.FR.10, E07.FR.07

    run_on_bench(body, detachable_cable(tmp_path), start="EVConnected", stop="EVConnected")


def test_unplugging_at_the_ev_leaves_the_connector_occupied(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        bench.hardware.unplug(1, 1, "ev")
        await asyncio.sleep(1)
        assert bench.transcript()[-1] == "Updated EVCommunicationLost Idle"
        assert bench.connector_statuses()[-1] == "Occupied"
        assert is_locked(bench)  # E10.FR.01
        await asyncio.sleep(600)
        assert bench.transcript()[-1] == "Updated EVCommunicationLost Idle"  # no timeout for a cable that is locked
        bench.hardware.plug_in(1, 1, "ev")
        await asyncio.sleep(15)
        assert bench.transcript()[-2:] == [
            "Updated CablePluggedIn EVConnected",
            "Updated ChargingStateChanged Charging",
        ]
        bench.hardware.unplug(1, 1, "ev")
        await present(bench)
        assert bench.transcript()[-1] == "Ended StopAuthorized Idle because Local"
        assert not is_locked(bench)

    run_on_bench(
        body,
        detachable_cable(tmp_path),
        start="Authorized",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="false",
        OCPPCommCtrlr__UnlockOnEVSideDisconnect="false",
        SampledDataCtrlr__TxUpdatedInterval="0",
    )


def test_token_of_the_session_unlocks_the_cable_after_unplugging_at_the_ev(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        bench.hardware.unplug(1, 1, "ev")
        await asyncio.sleep(1)
        assert bench.transcript()[-1] == "Ended EVCommunicationLost Idle because EVDisconnected"  # E09.FR.01
        await present(bench, "B")
        assert is_locked(bench)
        before = len(bench.csms.all(m.AuthorizeRequest))
        await present(bench)
        assert not is_locked(bench)  # E09.FR.03
        assert len(bench.csms.all(m.AuthorizeRequest)) == before
        bench.hardware.unplug(1, 1, "evse")
        await asyncio.sleep(1)
        assert bench.connector_statuses()[-1] == "Available"

    run_on_bench(
        body,
        detachable_cable(tmp_path),
        start="EVConnected",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="true",
        OCPPCommCtrlr__UnlockOnEVSideDisconnect="false",
    )


def test_cable_is_unlocked_immediately_if_configured(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        bench.hardware.unplug(1, 1, "ev")
        await asyncio.sleep(1)
        assert not is_locked(bench)  # E09.FR.02

    run_on_bench(
        body,
        detachable_cable(tmp_path),
        start="EVConnected",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="true",
        OCPPCommCtrlr__UnlockOnEVSideDisconnect="true",
    )


def test_cable_of_a_token_that_is_not_accepted_stays_locked(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = reply_invalid
        await charge(bench)
        assert bench.transcript()[-1] == "Ended Deauthorized EVConnected because DeAuthorized"
        bench.hardware.present_token("A", CARD, 1)  # the first attempt came before anything was locked
        await asyncio.sleep(15)
        assert not is_locked(bench)

    run_on_bench(body, detachable_cable(tmp_path), start="EVConnected", stop="Authorized")


def test_no_energy_without_a_locked_cable(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1, seated=False)
        await present(bench)
        await asyncio.sleep(15)
        assert bench.hardware.evses[1].meter.read().power == 0  # G05.FR.01
        assert "Charging" not in " ".join(bench.transcript())
        (problem,) = bench.csms.all(m.NotifyEventRequest)  # G05.FR.02
        assert problem.event_data[0].component.name == "ConnectorPlugRetentionLock"
        assert problem.event_data[0].actual_value == "true"

    run_on_bench(body, detachable_cable(tmp_path), start="EVConnected")


def test_locked_cable_stays_locked_after_a_power_loss(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        await bench.station.power_off()
        bench.station.power_on()
        await bench.csms.expect(m.SecurityEventNotificationRequest, 2)
        await asyncio.sleep(2)
        assert is_locked(bench)
        await present(bench)
        assert not is_locked(bench)

    run_on_bench(body, detachable_cable(tmp_path), start="EVConnected")


def test_authorization_ends_if_the_fixed_cable_is_not_plugged_in_again_in_time(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(1)
        assert bench.transcript()[-1] == "Updated EVCommunicationLost Idle"
        assert bench.connector_statuses()[-1] == "Available"
        await asyncio.sleep(30)
        assert bench.transcript()[-1] == "Ended EVConnectTimeout Idle because Timeout"  # E10.FR.02

    run_on_bench(
        body,
        product_variant(tmp_path, HYC, {"C-06.1": True}),
        start="Authorized",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="false",
        TxCtrlr__EVConnectionTimeOut="20",
    )


# Two cables, one EVSE


def test_second_cable_of_an_evse_does_not_replace_the_first(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        bench.hardware.evses[1].connectors[2].plug_into_ev(Ev())
        await asyncio.sleep(1)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged Charging"  # E01.FR.14
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(1)
        assert bench.transcript()[-2:] == [
            "Ended EVCommunicationLost Idle because EVDisconnected",
            "Started CablePluggedIn EVConnected",
        ]
        assert bench.events[-1].evse == t.EVSEType(id=1, connector_id=2)

    two = '{ id = 1, type = "cCCS2", cable = "Fixed Cable" },'
    product = product_variant(tmp_path, HYC, {}, **{two: two + two.replace("id = 1", "id = 2")})
    run_on_bench(body, product, start="EVConnected")


# Access locks


def test_access_lock_opens_after_authorization(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        with pytest.raises(HardwareError, match="until a driver is authorized"):
            bench.hardware.plug_in(1, 1)
        await present(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(15)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged Charging"

    run_on_bench(body, product_variant(tmp_path, HYC, {"AQ-2": True}), start="Authorized")


def test_access_lock_closes_again_without_a_plug(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await present(bench)
        await asyncio.sleep(30)
        with pytest.raises(HardwareError, match="until a driver is authorized"):
            bench.hardware.plug_in(1, 1)

    run_on_bench(
        body, product_variant(tmp_path, HYC, {"AQ-2": True}), start="Authorized", TxCtrlr__EVConnectionTimeOut="20"
    )


# Parking bays


def test_transaction_lasts_while_the_parking_bay_is_occupied(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.park(1)
        await asyncio.sleep(1)
        await charge(bench)
        await present(bench)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(1)
        bench.hardware.leave(1)
        await asyncio.sleep(1)
        assert bench.transcript() == [
            "Started EVDetected Idle",  # E01.FR.01
            "Updated CablePluggedIn EVConnected",
            "Updated Authorized",
            "Updated ChargingStateChanged Charging",
            "Updated StopAuthorized",
            "Updated ChargingStateChanged EVConnected",
            "Updated EVCommunicationLost Idle",
            "Ended EVDeparted Idle because Local",  # E06.FR.01
        ]

    run_on_bench(body, parking_bay_sensor(tmp_path), start="ParkingBayOccupancy", stop="ParkingBayOccupancy")


def test_transaction_continues_without_authorization_if_the_driver_in_the_bay_does_not_plug_in(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.park(1)
        await present(bench)
        await asyncio.sleep(25)
        assert bench.transcript() == [
            "Started EVDetected Idle",
            "Updated Authorized",
            "Updated EVConnectTimeout",  # E03.FR.15
        ]
        bench.hardware.leave(1)
        await asyncio.sleep(1)
        assert bench.transcript()[-1] == "Ended EVDeparted Idle because Timeout"

    product = parking_bay_sensor(tmp_path)
    run_on_bench(
        body, product, start="ParkingBayOccupancy", stop="ParkingBayOccupancy", TxCtrlr__EVConnectionTimeOut="20"
    )


# Signing meters


def test_transaction_starts_with_the_first_signed_value(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        assert bench.transcript() == ["Started SignedDataReceived EVConnected", "Updated ChargingStateChanged Charging"]
        begin = bench.events[0].meter_value[0].sampled_value[0]
        assert begin.context is t.ReadingContextEnumType.Transaction_Begin
        assert begin.signed_meter_value is not UNSET  # E01.FR.04

    product = product_variant(tmp_path, HYC, {"C-09.3": True, "C-42": True})
    run_on_bench(body, product, start="DataSigned", SampledDataCtrlr__SignReadings="true")
