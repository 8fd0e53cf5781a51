"""The control API of a virtual station, in Python and over HTTP."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.station.blocks.h_reservation.reservations import reserve
from tests.station.station_bench import StationBench, station_bench
from tests.station.v16.station_bench import StationBench as StationBench16
from tests.station.v16.station_bench import station_bench as station_bench_16

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.control.commands import Control, ControlError
from plugfest.station.control.http_api.application import application
from plugfest.station.control.operated_station import OperatedStation
from plugfest.station.control.operations import OPERATIONS
from plugfest.station.control.states import LocalListState
from plugfest.station.control.watch import StationWatch
from plugfest.station.storage.diagnostics import CustomerData


def control_of(bench: StationBench | StationBench16) -> Control:
    return Control(bench.station, bench.hardware)


def application_of(bench: StationBench | StationBench16) -> Starlette:
    """The control API of the station, which knows no frames."""
    return application(OperatedStation(control_of(bench), StationWatch()))


def test_an_ev_is_charged() -> None:
    async def run() -> None:
        async with station_bench(start="EVConnected", stop="Authorized") as bench:
            control = control_of(bench)
            control.plug_in(1, 1)
            control.present_token("A", "ISO14443", 1)
            await asyncio.sleep(15)
            state = control.state()
            assert state.accepted
            assert state.display == "Welcome"
            assert state.evses[0].power > 0
            assert state.evses[0].connectors[0].status == "Occupied"
            (transaction,) = state.transactions
            assert transaction.evse_id == 1
            assert transaction.charging_state == "Charging"
            control.ev_suspend(1)
            await asyncio.sleep(1)
            assert bench.transcript()[-1] == "Updated ChargingStateChanged SuspendedEV"

    run_simulated(run())


def test_reservations_are_shown() -> None:
    async def run() -> None:
        async with station_bench("reference-ac") as bench:
            control = control_of(bench)
            assert control.state().reservations == []
            await reserve(bench, None, id=7, token="A", group="FLEET")
            (reservation,) = control.state().reservations
            assert (reservation.id, reservation.id_token, reservation.evse_id) == (7, "A", None)
            assert (reservation.connector_type, reservation.group) == (None, "FLEET")

    run_simulated(run())


def test_power_and_network_are_switched() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            control = control_of(bench)
            control.network_off()
            await asyncio.sleep(1)
            assert not control.state().connected
            control.network_on()
            await control.power_off()
            state = control.state()
            assert not state.powered
            assert state.evses[0].connectors[0].status is None
            control.power_on()
            await bench.csms.expect(m.BootNotificationRequest, 2)
            assert control.state().powered

    run_simulated(run())


def test_an_impossible_action_is_one_line() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            control = control_of(bench)
            with pytest.raises(ControlError, match="there is no EVSE 9"):
                control.plug_in(9, 1)
            with pytest.raises(ControlError, match="cannot read tokens of type KeyCode; it reads ISO14443"):
                control.present_token("1234", "KeyCode")
            with pytest.raises(ControlError, match="cannot read tokens of type NoAuthorization"):
                control.press_start_button(1)
            with pytest.raises(ControlError, match="no parking bay sensor"):
                control.park(1)

    run_simulated(run())


async def post(client: httpx.AsyncClient, name: str, **body: Any) -> httpx.Response:
    return await client.post(f"/{name}", json=body)


def test_actions_and_state_are_served_over_http() -> None:
    async def run() -> None:
        async with station_bench(start="EVConnected") as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                plugged = await post(client, "plug_in", evse_id=1, connector_id=1)
                assert plugged.status_code == 200
                assert plugged.json()["evses"][0]["connectors"][0]["cable_in_ev"] is True
                assert plugged.json()["evses"][0]["connectors"][0]["status"] == "Occupied"
                await post(client, "present_token", id_token="A", evse_id=1)
                await asyncio.sleep(15)
                state = (await client.get("/state")).json()
                assert state["transactions"][0]["charging_state"] == "Charging"
                assert (await post(client, "fault_on", evse_id=1, connector_id=1)).status_code == 200
                assert (await post(client, "power_off")).json()["powered"] is False
                assert (await post(client, "power_on")).json()["powered"] is True

    run_simulated(run())


def test_a_sensor_is_set_over_http() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                sensor = {"component": "TemperatureSensor", "variable": "Temperature", "evse_id": 1}
                heated = await post(client, "set_measured_value", **sensor, value=75)
                assert heated.json()["evses"][0]["temperature"] == 75
                cooled = await post(client, "set_measured_value", **sensor, value=None)
                assert cooled.json()["evses"][0]["temperature"] == 25
                listed = (await client.get("/measured_values")).json()
                assert {"component": "EVSE", "variable": "Power", "evse_id": 1, "unit": "W", "value": 0} in listed
                power = {"component": "EVSE", "variable": "Power", "evse_id": 1}
                powered = await post(client, "set_measured_value", **power, value=1000)
                assert powered.json()["evses"][0]["power"] == pytest.approx(1000)
                other = await post(client, "set_measured_value", component="EVSE", variable="Powr", evse_id=1, value=1)
                assert other.status_code == 409
                assert other.json()["error"].startswith("EVSE.Powr of EVSE 1 cannot be set; EVSE.Power of EVSE 1")

    run_simulated(run())


def test_the_storage_of_logs_and_of_customer_data_fails_and_is_restored_over_http() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                await post(client, "customer_storage", available=False)
                both = await post(client, "log_storage", available=False)
                assert both.json()["unavailable_data"] == ["customers", "logs"]
                logs = await post(client, "customer_storage", available=True)
                assert logs.json()["unavailable_data"] == ["logs"]
                assert (await post(client, "log_storage")).status_code == 400

    run_simulated(run())


def test_data_about_a_customer_are_stored_over_http_while_the_station_is_on() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                await post(client, "store_customer", identifier="C1")
                running = bench.station.station
                assert running is not None
                assert CustomerData(running.context.store).get("C1")
                await post(client, "power_off")
                assert (await post(client, "store_customer", identifier="C2")).status_code == 409

    run_simulated(run())


def test_errors_over_http_are_one_line() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                impossible = await post(client, "plug_in", evse_id=9, connector_id=1)
                assert impossible.status_code == 409
                assert impossible.json() == {"error": "there is no EVSE 9; the station has 1, 2"}
                assert (await post(client, "plug_in", evse_id="one")).status_code == 400
                assert (await post(client, "plug_in", evse=1)).status_code == 400
                assert (await client.post("/plug_in", content=b"{")).status_code == 400
                wrong_method = await client.get("/plug_in")
                assert (wrong_method.status_code, wrong_method.headers["allow"]) == (405, "POST")
                assert wrong_method.json()["error"].startswith("there is no GET /plug_in; GET /openapi.json describes")
                unknown = await post(client, "plugin")
                assert unknown.status_code == 404
                assert unknown.json()["error"].startswith("there is no POST /plugin; GET /openapi.json describes")

    run_simulated(run())


@pytest.mark.parametrize("body", [{"contract": "hello"}, {"v2g_roots": ["hello"]}])
def test_an_ev_with_a_certificate_that_cannot_be_read_is_refused(body: dict[str, object]) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                answer = await post(client, "ev_prepare", evse_id=1, **body)
                assert answer.status_code == 409
                assert "not a certificate in PEM" in answer.text

    run_simulated(scenario())


def test_the_lines_of_the_display_are_served() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                assert (await client.get("/display")).json() == []
                bench.hardware.present_token("A", "ISO14443", 1)
                await asyncio.sleep(1)
                assert (await client.get("/display")).json() == ["Welcome"]

    run_simulated(run())


def test_every_action_is_served() -> None:
    paths = {"unplug": "plug_out"}  # the path of the control API since version 0.1
    actions = {paths.get(name, name) for name in vars(Control) if not name.startswith("_")} - {
        "state",
        "display_lines",
        "measured_values",
        "product",
    }
    assert {operation.name for operation in OPERATIONS} == actions


def test_the_state_of_a_1_6_station_is_in_terms_of_1_6() -> None:
    async def run() -> None:
        async with station_bench_16() as bench:
            control = Control(bench.station, bench.hardware)
            number = await bench.charge()
            state = control.state()
            assert state.evses[0].connectors[0].status == "Charging"
            assert [each.id for each in state.transactions] == [str(number)]

    run_simulated(run())


def test_the_state_has_the_version_and_the_size_of_the_local_list() -> None:
    async def run() -> None:
        async with station_bench("reference-ac") as bench:
            control = Control(bench.station, bench.hardware)
            assert control.state().local_list == LocalListState(enabled=True, version=0, entries=0)
            id_token = t.IdTokenType(id_token="10000001", type=t.IdTokenEnumType.ISO14443)
            info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)
            entry = t.AuthorizationData(id_token=id_token, id_token_info=info)
            update = m.SendLocalListRequest(
                version_number=3, update_type=t.UpdateEnumType.Full, local_authorization_list=[entry]
            )
            await bench.csms.call(update)
            assert control.state().local_list == LocalListState(enabled=True, version=3, entries=1)
        async with station_bench() as bench:
            assert Control(bench.station, bench.hardware).state().local_list is None

    run_simulated(run())


@pytest.mark.parametrize(
    ("bench_of", "refused"),
    [
        (station_bench_16, ["", "éé", "A\tB", "\0x", "A" * 21]),
        (station_bench, ["", "éé", "A\tB", "\0x", "A B", "#", "zz", "A" * 37]),
    ],
)
def test_a_token_that_the_ocpp_version_does_not_allow_is_an_invalid_argument_and_is_not_sent(
    bench_of: Callable[[], AbstractAsyncContextManager[StationBench | StationBench16]], refused: list[str]
) -> None:
    async def run() -> None:
        async with bench_of() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                for id_token in refused:
                    answer = await post(client, "present_token", id_token=id_token, evse_id=1)
                    assert answer.status_code == 400
                    assert "\n" not in answer.json()["error"]
                    bench.hardware.present_token(id_token, "ISO14443", 1)  # past the control API
                    await asyncio.sleep(5)
            assert "Authorize" not in {request.action for _, request in bench.csms.received}

    run_simulated(run())


@pytest.mark.parametrize("length", [21, 37])
def test_a_token_that_is_too_long_names_the_limit(length: int) -> None:
    async def run() -> None:
        async with station_bench_16() as bench:
            control = Control(bench.station, bench.hardware)
            with pytest.raises(ControlError, match=f"the token has {length} characters; OCPP 1.6 allows 20"):
                control.present_token("A" * length, "ISO14443", 1)

    run_simulated(run())


def test_a_station_that_has_just_lost_its_connection_connects_on_request() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            control = control_of(bench)
            control.network_off()
            await asyncio.sleep(0)
            assert control.state().seconds_to_attempt is None  # it notices the loss, but does not wait yet
            control.network_on()
            control.reconnect()
            await asyncio.sleep(1)
            assert control.state().connected
            with pytest.raises(ControlError, match="not waiting to connect"):
                control.reconnect()
            control.network_off()
            control.network_on()
            await asyncio.sleep(1)
            assert not control.state().connected

    run_simulated(run())


def test_a_waiting_station_connects_on_request() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            control = control_of(bench)
            with pytest.raises(ControlError, match="not waiting to connect"):
                control.reconnect()
            control.network_off()
            await asyncio.sleep(600)
            control.network_on()
            waiting = control.state().seconds_to_attempt
            assert waiting is not None
            assert waiting > 2
            control.reconnect()
            await asyncio.sleep(1)
            state = control.state()
            assert state.connected
            assert state.seconds_to_attempt is None

    run_simulated(run())


def test_other_types_of_content_than_json_are_refused() -> None:
    async def run() -> None:
        async with station_bench() as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                for content in (b"{}", b""):
                    plain = await client.post("/power_off", content=content, headers={"Content-Type": "text/plain"})
                    assert plain.status_code == 400
                    assert "application/json" in plain.json()["error"]
                    assert control_of(bench).state().powered
                curl = {"Content-Type": "application/x-www-form-urlencoded"}
                assert (await client.post("/power_off", content=b"{}", headers=curl)).status_code == 200

    run_simulated(run())
