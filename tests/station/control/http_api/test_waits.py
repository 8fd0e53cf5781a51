"""GET /wait."""

import asyncio
from typing import Any

import pytest
from tests.station.control.http_api.station_site import Site, on_site

from plugfest.ocpp.v201 import messages as m
from plugfest.station.control.http_api import waits
from plugfest.station.setup.provisioning import Settings


def test_a_wait_for_a_state_returns_the_state() -> None:
    async def scenario(site: Site) -> None:
        waiting = asyncio.create_task(site.get("/wait", charging_state="Charging", evse_id=1, within=60))
        await asyncio.sleep(1)
        assert not waiting.done()
        await site.charge()
        answer = await waiting
        assert answer.status_code == 200
        assert answer.json()["transactions"][0]["charging_state"] == "Charging"
        assert (await site.get("/wait", power=1000.5, evse_id=1)).json()["evses"][0]["power"] > 1000

    on_site(scenario)


def test_a_state_that_is_not_reached_is_504_with_what_did_not_hold() -> None:
    async def scenario(site: Site) -> None:
        answer = await site.get("/wait", charging_state="Charging", within=3)
        assert answer.status_code == 504
        problem = "not reached within 3 s: charging_state=Charging (EVSE 1: no transaction is ongoing)"
        assert answer.json() == {"error": problem}

    on_site(scenario)


def test_a_wait_for_a_message_returns_it_once_and_one_with_a_number_always() -> None:
    async def scenario(site: Site) -> None:
        newest = (await site.get("/frames")).json()["newest"]
        await site.do("plug_in", evse_id=1, connector_id=1)
        wanted: dict[str, Any] = {
            "message": "StatusNotification",
            "sent": True,
            "contains": {"connectorStatus": "Occupied"},
            "within": 5,
        }
        first = await site.get("/wait", **wanted)
        assert first.status_code == 200
        assert first.json()["payload"]["evseId"] == 1
        again = await site.get("/wait", **wanted)
        assert again.status_code == 504
        assert again.json()["error"] == (
            'no StatusNotification call from the station with {"connectorStatus":"Occupied"} within 5 s;'
            " one was returned already"
        )
        for _ in range(2):
            numbered = await site.get("/wait", after=newest, **wanted)
            assert numbered.json()["number"] == first.json()["number"]

    on_site(scenario)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "give a state to wait for, such as accepted=true, or a message"),
        ("evse_id=1", "give a state to wait for"),
        ("colour=red", "colour is none of the parameters evse_id, connector_id"),
        ("a%0Ab=1", "a b is none of the parameters"),
        ("sent=true", "sent is none of the parameters"),
        ("accepted=maybe", "Expected `bool | null`, got `str` - at `$.accepted`"),
        ("evse_id=one&power=1", "evse_id"),
        ("message=", "Expected `str` of length >= 1 - at `$.message`"),
        ("accepted=true&powered=null", "powered is null, which is no value"),
        ("accepted=true&accepted=false", "accepted is given more than once"),
        ("charging_state=Chargin", "charging_state is never Chargin; it is one of Charging"),
        ("message=TransactonEvent", "did you mean TransactionEvent?"),
        ("accepted=true&within=3601", "<= 3600"),
        ("accepted=true&within=-1", ">= 0"),
        ("accepted=true&within=nan", "within"),
        ("accepted=true&within=inf", "<= 3600"),
        ("message=Heartbeat&contains=[]", "Expected `object`, got `array`"),
        ("message=Heartbeat&contains=%7B", "truncated"),
        ("message=Heartbeat&kind=letter", "Invalid enum value 'letter'"),
        ("message=Heartbeat&accepted=true", "accepted is none of the parameters message, sent, kind"),
        ("message=Heartbeat&after=-1", ">= 0"),
    ],
)
def test_wrong_parameters_are_400_with_one_line(query: str, problem: str) -> None:
    async def scenario(site: Site) -> None:
        answer = await site.get(f"/wait?{query}")
        assert answer.status_code == 400, answer.text
        assert problem in answer.json()["error"]
        assert "\n" not in answer.json()["error"]

    on_site(scenario)


def test_a_wait_goes_on_when_the_station_is_connected_to_another_csms() -> None:
    async def scenario(site: Site) -> None:
        waiting = asyncio.create_task(site.get("/wait", charging_state="Charging", within=300))
        await asyncio.sleep(1)
        settings = Settings(identity="CS001", csms_url=site.csms.url, password="another password", boot_seconds=1)
        await site.virtual.connect_to(settings)
        await site.csms.expect(m.BootNotificationRequest, 2)
        await site.charge()
        assert (await waiting).status_code == 200

    on_site(scenario)


def test_more_waits_than_the_limit_are_503_and_others_go_on() -> None:
    async def scenario(site: Site) -> None:
        waiting = [asyncio.create_task(site.get("/wait", transaction=True, within=60)) for _ in range(200)]
        await asyncio.sleep(1)
        refused = [each.result() for each in waiting if each.done()]
        assert {each.status_code for each in refused} == {503}
        assert len(refused) == 200 - waits.MAX_WAITS
        assert refused[0].json() == {"error": "there are 100 waits already"}
        await site.charge()
        answers = await asyncio.gather(*waiting)
        assert [each.status_code for each in answers].count(200) == waits.MAX_WAITS
        assert (await site.get("/wait", accepted=True)).status_code == 200

    on_site(scenario)


def test_a_client_that_goes_away_leaves_nothing_behind() -> None:
    async def scenario(site: Site) -> None:
        port = site.serve()
        await asyncio.sleep(1)
        before = asyncio.all_tasks()
        for number in range(2 * waits.MAX_WAITS):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /wait?transaction=true&within=3600 HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(0.1)
            assert number > 0 or len(asyncio.all_tasks() - before) > 1
            writer.close()
            await writer.wait_closed()
        await asyncio.sleep(30)
        assert asyncio.all_tasks() - before == set()

    on_site(scenario)
