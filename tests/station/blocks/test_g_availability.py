"""Availability on the wire (G01, G03, G04)."""

import asyncio

from tests.station.scene import Scene, play

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


async def change(it: Scene, to: str, evse_id: int | None = None, connector_id: int | None = None) -> str:
    evse = UNSET
    if evse_id is not None:
        evse = t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)
    request = m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType(to), evse=evse)
    response = await it.csms.call(request)
    await asyncio.sleep(1)
    return response.status.value


async def charge(it: Scene, evse_id: int = 1) -> None:
    it.operator.plug_in(evse_id, 1)
    it.operator.present_token("A", "ISO14443", evse_id)
    await asyncio.sleep(15)


def test_plug_occupies_the_connector_and_frees_it_again() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await asyncio.sleep(1)
        it.operator.unplug(1, 1)
        await asyncio.sleep(1)
        assert it.connector_statuses(1) == ["Available", "Occupied", "Available"]  # G01.FR.03, G01.FR.04
        assert it.connector_statuses(2) == ["Available"]

    play(body)


def test_evse_and_station_are_switched_off_and_on() -> None:
    async def body(it: Scene) -> None:
        assert await change(it, "Inoperative", 1) == "Accepted"
        assert it.connector_statuses(1)[-1] == "Unavailable"  # G03.FR.06
        assert it.connector_statuses(2)[-1] == "Available"
        assert await change(it, "Inoperative") == "Accepted"
        assert it.connector_statuses(2)[-1] == "Unavailable"  # G04.FR.07
        assert await change(it, "Operative") == "Accepted"
        assert it.connector_statuses(2)[-1] == "Available"  # G04.FR.08
        assert it.connector_statuses(1)[-1] == "Unavailable"  # note 1: its own state
        assert await change(it, "Operative", 1, 1) == "Accepted"
        assert it.connector_statuses(1)[-1] == "Unavailable"
        assert await change(it, "Operative", 1) == "Accepted"
        assert it.connector_statuses(1)[-1] == "Available"  # G03.FR.07

    play(body)


def test_what_is_so_already_is_accepted_and_not_told_again() -> None:
    async def body(it: Scene) -> None:
        assert await change(it, "Operative", 1) == "Accepted"  # G03.FR.03
        assert it.connector_statuses(1) == ["Available"]
        await change(it, "Inoperative", 1)
        assert await change(it, "Inoperative", 1) == "Accepted"
        assert it.connector_statuses(1) == ["Available", "Unavailable"]

    play(body)


def test_unknown_place_is_rejected() -> None:
    async def body(it: Scene) -> None:
        assert await change(it, "Inoperative", 7) == "Rejected"
        assert await change(it, "Inoperative", 1, 7) == "Rejected"

    play(body)


def test_change_waits_for_the_transaction_to_end() -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        assert await change(it, "Inoperative", 1) == "Scheduled"  # G03.FR.05
        assert it.connector_statuses(1)[-1] == "Occupied"
        it.operator.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-1] == "Unavailable"
        it.operator.unplug(1, 1)
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-1] == "Unavailable"  # G01.FR.05

    play(body, start="PowerPathClosed", stop="Authorized")


def test_only_the_evse_in_use_waits_when_the_station_is_switched_off() -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        assert await change(it, "Inoperative") == "Scheduled"  # G04.FR.06
        assert it.connector_statuses(1)[-1] == "Occupied"
        assert it.connector_statuses(2)[-1] == "Unavailable"

    play(body, start="PowerPathClosed", stop="Authorized")


def test_switched_off_evse_stays_so_over_a_power_cut_and_takes_nobody() -> None:
    async def body(it: Scene) -> None:
        await change(it, "Inoperative", 1)
        await it.station.power_off()
        it.station.power_on()
        await it.csms.expect(m.SecurityEventNotificationRequest, 2)
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-1] == "Unavailable"  # G03.FR.08
        assert it.connector_statuses(2)[-1] == "Available"
        await charge(it)
        assert it.events == []
        assert it.operator.evses[1].meter.read().power == 0

    play(body, start="EVConnected")


def test_cable_that_waits_at_a_switched_off_evse_counts_when_it_is_switched_on() -> None:
    async def body(it: Scene) -> None:
        await change(it, "Inoperative", 1)
        it.operator.plug_in(1, 1)
        await asyncio.sleep(5)
        assert it.events == []
        await change(it, "Operative", 1)
        assert it.connector_statuses(1)[-1] == "Occupied"
        assert it.story() == ["Started CablePluggedIn EVConnected"]  # E01.FR.02

    play(body, start="EVConnected")


def test_cable_whose_transaction_has_ended_starts_none_when_the_evse_is_switched_on_again() -> None:
    async def body(it: Scene) -> None:
        await charge(it)
        await change(it, "Inoperative", 1)
        it.operator.present_token("A", "ISO14443", 1)
        await asyncio.sleep(5)
        assert it.story()[-1].startswith("Ended")
        await change(it, "Operative", 1)
        assert it.connector_statuses(1)[-1] == "Occupied"
        assert it.story()[-1].startswith("Ended")

    play(body, start="EVConnected", stop="Authorized")


def test_availability_is_in_the_device_model_too() -> None:
    async def body(it: Scene) -> None:
        await change(it, "Inoperative", 1)
        it.operator.plug_in(2, 1)
        await asyncio.sleep(1)
        assert await _state(it, t.ComponentType(name="EVSE", evse=t.EVSEType(id=1))) == "Unavailable"
        assert await _state(it, t.ComponentType(name="Connector", evse=t.EVSEType(id=2, connector_id=1))) == "Occupied"
        assert await _state(it, t.ComponentType(name="ChargingStation")) == "Occupied"

    play(body)


async def _state(it: Scene, component: t.ComponentType) -> str:
    data = t.GetVariableDataType(component=component, variable=t.VariableType(name="AvailabilityState"))
    response = await it.csms.call(m.GetVariablesRequest(get_variable_data=[data]))
    value = response.get_variable_result[0].attribute_value
    assert isinstance(value, str)
    return value
