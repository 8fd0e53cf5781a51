"""Availability on the wire (G01, G03, G04)."""

import asyncio

from tests.station.station_bench import StationBench, run_on_bench

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


async def change(bench: StationBench, to: str, evse_id: int | None = None, connector_id: int | None = None) -> str:
    evse = UNSET
    if evse_id is not None:
        evse = t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)
    request = m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType(to), evse=evse)
    response = await bench.csms.call(request)
    await asyncio.sleep(1)
    return response.status.value


async def charge(bench: StationBench, evse_id: int = 1) -> None:
    bench.hardware.plug_in(evse_id, 1)
    bench.hardware.present_token("A", "ISO14443", evse_id)
    await asyncio.sleep(15)


def test_plug_occupies_the_connector_and_frees_it_again() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(1)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(1)
        assert bench.connector_statuses(1) == ["Available", "Occupied", "Available"]  # G01.FR.03, G01.FR.04
        assert bench.connector_statuses(2) == ["Available"]

    run_on_bench(body)


def test_evse_and_station_are_switched_off_and_on() -> None:
    async def body(bench: StationBench) -> None:
        assert await change(bench, "Inoperative", 1) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Unavailable"  # G03.FR.06
        assert bench.connector_statuses(2)[-1] == "Available"
        assert await change(bench, "Inoperative") == "Accepted"
        assert bench.connector_statuses(2)[-1] == "Unavailable"  # G04.FR.07
        assert await change(bench, "Operative") == "Accepted"
        assert bench.connector_statuses(2)[-1] == "Available"  # G04.FR.08
        assert bench.connector_statuses(1)[-1] == "Unavailable"  # note 1: its own state
        assert await change(bench, "Operative", 1, 1) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Unavailable"
        assert await change(bench, "Operative", 1) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Available"  # G03.FR.07

    run_on_bench(body)


def test_change_without_effect_is_accepted_and_not_reported() -> None:
    async def body(bench: StationBench) -> None:
        assert await change(bench, "Operative", 1) == "Accepted"  # G03.FR.03
        assert bench.connector_statuses(1) == ["Available"]
        await change(bench, "Inoperative", 1)
        assert await change(bench, "Inoperative", 1) == "Accepted"
        assert bench.connector_statuses(1) == ["Available", "Unavailable"]

    run_on_bench(body)


def test_unknown_evse_or_connector_is_rejected() -> None:
    async def body(bench: StationBench) -> None:
        assert await change(bench, "Inoperative", 7) == "Rejected"
        assert await change(bench, "Inoperative", 1, 7) == "Rejected"

    run_on_bench(body)


def test_change_waits_for_the_transaction_to_end() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        assert await change(bench, "Inoperative", 1) == "Scheduled"  # G03.FR.05
        assert bench.connector_statuses(1)[-1] == "Occupied"
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-1] == "Unavailable"
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-1] == "Unavailable"  # G01.FR.05

    run_on_bench(body, start="PowerPathClosed", stop="Authorized")


def test_only_the_evse_in_use_is_delayed_when_the_station_is_switched_off() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        assert await change(bench, "Inoperative") == "Scheduled"  # G04.FR.06
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert bench.connector_statuses(2)[-1] == "Unavailable"

    run_on_bench(body, start="PowerPathClosed", stop="Authorized")


def test_inoperative_evse_stays_inoperative_after_a_power_loss() -> None:
    async def body(bench: StationBench) -> None:
        await change(bench, "Inoperative", 1)
        await bench.station.power_off()
        bench.station.power_on()
        await bench.csms.expect(m.SecurityEventNotificationRequest, 2)
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-1] == "Unavailable"  # G03.FR.08
        assert bench.connector_statuses(2)[-1] == "Available"
        await charge(bench)
        assert bench.events == []
        assert bench.hardware.evses[1].meter.read().power == 0

    run_on_bench(body, start="EVConnected")


def test_cable_plugged_in_while_inoperative_starts_a_transaction_when_operative() -> None:
    async def body(bench: StationBench) -> None:
        await change(bench, "Inoperative", 1)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(5)
        assert bench.events == []
        await change(bench, "Operative", 1)
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert bench.transcript() == ["Started CablePluggedIn EVConnected"]  # E01.FR.02

    run_on_bench(body, start="EVConnected")


def test_cable_of_an_ended_transaction_starts_none_when_operative_again() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        await change(bench, "Inoperative", 1)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(5)
        assert bench.transcript()[-1].startswith("Ended")
        await change(bench, "Operative", 1)
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert bench.transcript()[-1].startswith("Ended")

    run_on_bench(body, start="EVConnected", stop="Authorized")


def test_availability_is_in_the_device_model() -> None:
    async def body(bench: StationBench) -> None:
        await change(bench, "Inoperative", 1)
        bench.hardware.plug_in(2, 1)
        await asyncio.sleep(1)
        assert await _state(bench, t.ComponentType(name="EVSE", evse=t.EVSEType(id=1))) == "Unavailable"
        assert (
            await _state(bench, t.ComponentType(name="Connector", evse=t.EVSEType(id=2, connector_id=1))) == "Occupied"
        )
        assert await _state(bench, t.ComponentType(name="ChargingStation")) == "Occupied"

    run_on_bench(body)


async def _state(bench: StationBench, component: t.ComponentType) -> str:
    data = t.GetVariableDataType(component=component, variable=t.VariableType(name="AvailabilityState"))
    response = await bench.csms.call(m.GetVariablesRequest(get_variable_data=[data]))
    value = response.get_variable_result[0].attribute_value
    assert isinstance(value, str)
    return value
