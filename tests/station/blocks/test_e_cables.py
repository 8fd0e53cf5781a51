"""Transactions of stations with other hardware: detachable cables, barred sockets, parking bays, signing meters."""

import asyncio
from pathlib import Path

import pytest
from tests.station.scene import HYC, Scene, play, reply_invalid, variant

from plugfest.hardware.ports import HardwareError
from plugfest.hardware.virtual.ev import Ev
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

CARD = "ISO14443"


def detachable(folder: Path, **answers: bool) -> str:
    """A station with sockets, whose drivers bring their cables."""
    plain = {"HFS-1": True, "HFS-2": False, "AQ-18": True, "C-06.1": True, "C-12.1": True}
    more = {name.replace("_", "-").replace("--", "."): answer for name, answer in answers.items()}
    return variant(folder, HYC, plain | more, **{"Fixed Cable": "Detachable"})


def with_bay(folder: Path) -> str:
    return variant(folder, HYC, {"C-09.6": True, "C-10.5": True})


async def charge(it: Scene) -> None:
    it.operator.plug_in(1, 1)
    await asyncio.sleep(1)
    it.operator.present_token("A", CARD, 1)
    await asyncio.sleep(15)


async def present(it: Scene, token: str = "A") -> None:
    it.operator.present_token(token, CARD, 1)
    await asyncio.sleep(2)


def is_locked(it: Scene) -> bool:
    return it.operator.evses[1].connectors[1].plug_locked


# Detachable cables


def test_cable_is_locked_while_somebody_charges_and_no_longer(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await asyncio.sleep(1)
        assert not is_locked(it)
        await present(it)
        assert is_locked(it)
        await present(it)
        assert not is_locked(it)  # E06.FR.10, E07.FR.07

    play(body, detachable(tmp_path), start="EVConnected", stop="EVConnected")


def test_pulling_the_cable_from_the_ev_leaves_the_connector_occupied(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        it.operator.unplug(1, 1, "ev")
        await asyncio.sleep(1)
        assert it.story()[-1] == "Updated EVCommunicationLost Idle"
        assert it.connector_statuses()[-1] == "Occupied"
        assert is_locked(it)  # E10.FR.01
        await asyncio.sleep(600)
        assert it.story()[-1] == "Updated EVCommunicationLost Idle"  # no timeout for a cable that is locked
        it.operator.plug_in(1, 1, "ev")
        await asyncio.sleep(15)
        assert it.story()[-2:] == ["Updated CablePluggedIn EVConnected", "Updated ChargingStateChanged Charging"]
        it.operator.unplug(1, 1, "ev")
        await present(it)
        assert it.story()[-1] == "Ended StopAuthorized Idle because Local"
        assert not is_locked(it)

    play(
        body,
        detachable(tmp_path),
        start="Authorized",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="false",
        OCPPCommCtrlr__UnlockOnEVSideDisconnect="false",
        SampledDataCtrlr__TxUpdatedInterval="0",
    )


def test_owner_gets_his_cable_back_after_it_was_pulled_from_the_ev(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        it.operator.unplug(1, 1, "ev")
        await asyncio.sleep(1)
        assert it.story()[-1] == "Ended EVCommunicationLost Idle because EVDisconnected"  # E09.FR.01
        await present(it, "B")
        assert is_locked(it)
        before = len(it.csms.all(m.AuthorizeRequest))
        await present(it)
        assert not is_locked(it)  # E09.FR.03
        assert len(it.csms.all(m.AuthorizeRequest)) == before
        it.operator.unplug(1, 1, "evse")
        await asyncio.sleep(1)
        assert it.connector_statuses()[-1] == "Available"

    play(
        body,
        detachable(tmp_path),
        start="EVConnected",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="true",
        OCPPCommCtrlr__UnlockOnEVSideDisconnect="false",
    )


def test_cable_is_unlocked_at_once_where_it_shall_be(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        it.operator.unplug(1, 1, "ev")
        await asyncio.sleep(1)
        assert not is_locked(it)  # E09.FR.02

    play(
        body,
        detachable(tmp_path),
        start="EVConnected",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="true",
        OCPPCommCtrlr__UnlockOnEVSideDisconnect="true",
    )


def test_cable_of_a_token_that_is_not_accepted_waits_for_its_owner(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = reply_invalid
        await charge(it)
        assert it.story()[-1] == "Ended Deauthorized EVConnected because DeAuthorized"
        it.operator.present_token("A", CARD, 1)  # the first attempt came before anything was locked
        await asyncio.sleep(15)
        assert not is_locked(it)

    play(body, detachable(tmp_path), start="EVConnected", stop="Authorized")


def test_cable_that_does_not_lock_is_not_charged_through(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1, seated=False)
        await present(it)
        await asyncio.sleep(15)
        assert it.operator.evses[1].meter.read().power == 0  # G05.FR.01
        assert "Charging" not in " ".join(it.story())
        (problem,) = it.csms.all(m.NotifyEventRequest)  # G05.FR.02
        assert problem.event_data[0].component.name == "ConnectorPlugRetentionLock"
        assert problem.event_data[0].actual_value == "true"

    play(body, detachable(tmp_path), start="EVConnected")


def test_locked_cable_stays_locked_over_a_power_cut_until_its_owner_comes(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        await it.station.power_off()
        it.station.power_on()
        await it.csms.expect(m.SecurityEventNotificationRequest, 2)
        await asyncio.sleep(2)
        assert is_locked(it)
        await present(it)
        assert not is_locked(it)

    play(body, detachable(tmp_path), start="EVConnected")


def test_fixed_cable_that_is_not_plugged_in_again_in_time_ends_the_authorization(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        it.operator.unplug(1, 1)
        await asyncio.sleep(1)
        assert it.story()[-1] == "Updated EVCommunicationLost Idle"
        assert it.connector_statuses()[-1] == "Available"
        await asyncio.sleep(30)
        assert it.story()[-1] == "Ended EVConnectTimeout Idle because Timeout"  # E10.FR.02

    play(
        body,
        variant(tmp_path, HYC, {"C-06.1": True}),
        start="Authorized",
        stop="Authorized",
        TxCtrlr__StopTxOnEVSideDisconnect="false",
        TxCtrlr__EVConnectionTimeOut="20",
    )


# Two cables, one EVSE


def test_second_cable_of_an_evse_in_use_does_not_stand_in_for_the_first(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        it.operator.evses[1].connectors[2].plug_into_ev(Ev())
        await asyncio.sleep(1)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"  # E01.FR.14
        it.operator.unplug(1, 1)
        await asyncio.sleep(1)
        assert it.story()[-2:] == [
            "Ended EVCommunicationLost Idle because EVDisconnected",
            "Started CablePluggedIn EVConnected",
        ]
        assert it.events[-1].evse == t.EVSEType(id=1, connector_id=2)

    two = '{ id = 1, type = "cCCS2", cable = "Fixed Cable" },'
    product = variant(tmp_path, HYC, {}, **{two: two + two.replace("id = 1", "id = 2")})
    play(body, product, start="EVConnected")


# Sockets that are barred


def test_barred_socket_opens_for_who_is_authorized(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        with pytest.raises(HardwareError, match="until a driver is authorized"):
            it.operator.plug_in(1, 1)
        await present(it)
        it.operator.plug_in(1, 1)
        await asyncio.sleep(15)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"

    play(body, variant(tmp_path, HYC, {"AQ-2": True}), start="Authorized")


def test_barred_socket_closes_again_when_nobody_plugs_in(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await present(it)
        await asyncio.sleep(30)
        with pytest.raises(HardwareError, match="until a driver is authorized"):
            it.operator.plug_in(1, 1)

    play(body, variant(tmp_path, HYC, {"AQ-2": True}), start="Authorized", TxCtrlr__EVConnectionTimeOut="20")


# Parking bays


def test_transaction_lasts_from_the_parking_bay_to_the_parking_bay(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.park(1)
        await asyncio.sleep(1)
        await charge(it)
        await present(it)
        it.operator.unplug(1, 1)
        await asyncio.sleep(1)
        it.operator.leave(1)
        await asyncio.sleep(1)
        assert it.story() == [
            "Started EVDetected Idle",  # E01.FR.01
            "Updated CablePluggedIn EVConnected",
            "Updated Authorized",
            "Updated ChargingStateChanged Charging",
            "Updated StopAuthorized",
            "Updated ChargingStateChanged EVConnected",
            "Updated EVCommunicationLost Idle",
            "Ended EVDeparted Idle because Local",  # E06.FR.01
        ]

    play(body, with_bay(tmp_path), start="ParkingBayOccupancy", stop="ParkingBayOccupancy")


def test_driver_in_a_bay_who_does_not_plug_in_keeps_his_transaction_without_his_authorization(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.park(1)
        await present(it)
        await asyncio.sleep(25)
        assert it.story() == [
            "Started EVDetected Idle",
            "Updated Authorized",
            "Updated EVConnectTimeout",  # E03.FR.15
        ]
        it.operator.leave(1)
        await asyncio.sleep(1)
        assert it.story()[-1] == "Ended EVDeparted Idle because Timeout"

    product = with_bay(tmp_path)
    play(body, product, start="ParkingBayOccupancy", stop="ParkingBayOccupancy", TxCtrlr__EVConnectionTimeOut="20")


# Signing meters


def test_transaction_starts_with_the_first_signed_value(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        assert it.story() == ["Started SignedDataReceived EVConnected", "Updated ChargingStateChanged Charging"]
        begin = it.events[0].meter_value[0].sampled_value[0]
        assert begin.context is t.ReadingContextEnumType.Transaction_Begin
        assert begin.signed_meter_value is not UNSET  # E01.FR.04

    product = variant(tmp_path, HYC, {"C-09.3": True, "C-42": True})
    play(body, product, start="DataSigned", SampledDataCtrlr__SignReadings="true")
