"""GET /frames."""

import pytest
from tests.station.control.http_api.station_site import PRODUCT_16, PRODUCT_201, Site, on_site

from plugfest.link.peer import Direction

SET_PASSWORD = (
    '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"a-secret-of-the-csms"}]',
    '[2,"1","SetVariables",{"setVariableData":[{"component":{"name":"SecurityCtrlr"},'
    '"variable":{"name":"BasicAuthPassword"},"attributeValue":"a-secret-of-the-csms"}]}]',
)


def test_frames_have_their_number_action_and_payload() -> None:
    async def scenario(site: Site) -> None:
        found = (await site.get("/frames", action="BootNotification")).json()
        call, result = found["frames"]
        assert (call["kind"], call["sent"], call["payload"]["reason"]) == ("call", True, "PowerUp")
        assert (result["kind"], result["sent"], result["payload"]["status"]) == ("result", False, "Accepted")
        assert call["message_id"] == result["message_id"]
        assert (found["oldest"], call["number"]) == (1, 1)
        assert found["newest"] >= result["number"]
        only = (await site.get("/frames", action="BootNotification", sent=False)).json()["frames"]
        assert only == [result]

    on_site(scenario)


def test_without_a_number_the_newest_frames_are_returned_and_with_one_those_behind_it() -> None:
    async def scenario(site: Site) -> None:
        newest = (await site.get("/frames")).json()["newest"]
        assert newest > 4
        last = (await site.get("/frames", limit=2)).json()["frames"]
        assert [each["number"] for each in last] == [newest - 1, newest]
        next_ones = (await site.get("/frames", after=1, limit=2)).json()["frames"]
        assert [each["number"] for each in next_ones] == [2, 3]
        assert (await site.get("/frames", after=newest)).json()["frames"] == []
        await site.do("plug_in", evse_id=1, connector_id=1)
        await site.get("/wait", message="StatusNotification")
        (frame,) = (await site.get("/frames", after=newest, action="StatusNotification", kind="call")).json()["frames"]
        assert frame["payload"]["connectorStatus"] == "Occupied"

    on_site(scenario)


def test_a_frame_that_is_none_of_ocpp_has_its_text() -> None:
    async def scenario(site: Site) -> None:
        assert site.csms.peer is not None
        await site.csms.peer.send_text("[not json")
        newest = (await site.get("/wait", connected=True)).json()
        assert newest["connected"]
        (frame,) = (await site.get("/frames", kind="invalid")).json()["frames"]
        assert (frame["text"], frame["action"], frame["payload"]) == ("[not json", "", {})

    on_site(scenario)


@pytest.mark.parametrize(("product", "text"), [(PRODUCT_16, SET_PASSWORD[0]), (PRODUCT_201, SET_PASSWORD[1])])
def test_a_password_does_not_leave_the_process(product: str, text: str) -> None:
    async def scenario(site: Site) -> None:
        site.virtual.watch.frame(Direction.RECEIVED, text, 0)
        (frame,) = (await site.get("/frames", limit=1)).json()["frames"]
        awaited = (await site.get("/wait", message=frame["action"], after=frame["number"] - 1)).json()
        assert frame == awaited
        assert "a-secret-of-the-csms" not in str(frame)
        assert "(not shown)" in str(frame["payload"])
        assert "(not shown)" in frame["text"]

    on_site(scenario, product)


def test_a_message_with_a_password_can_be_awaited() -> None:
    async def scenario(site: Site) -> None:
        site.virtual.watch.frame(Direction.RECEIVED, SET_PASSWORD[0], 0)
        answer = await site.get(
            "/wait", message="ChangeConfiguration", contains='{"value": "a-secret-of-the-csms"}', within=1
        )
        assert answer.status_code == 200

    on_site(scenario, PRODUCT_16)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "after=x", "kind=any", "colour=red", "sent=null"])
def test_wrong_parameters_are_refused(query: str) -> None:
    async def scenario(site: Site) -> None:
        answer = await site.get(f"/frames?{query}")
        assert answer.status_code == 400
        assert answer.json()["error"]

    on_site(scenario)
