"""The pages of stations, without a browser."""

import asyncio
from pathlib import Path

import pytest
from tests.web.stations.site import PASSWORD, Site, problems, simulated
from websockets.asyncio.server import broadcast

from plugfest.ocpp.v201 import messages as m
from plugfest.products import pics_text
from plugfest.station.storage.store import Store


def test_a_station_is_started_and_shown(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        assert "No station runs" in (await site.get("/stations")).text
        started = await site.start()
        assert (started.status_code, started.headers["location"]) == (303, "/stations/1")
        await site.csms.expect(m.BootNotificationRequest)
        text = await site.see("/stations/1", "accepted by the CSMS")
        assert "BootNotification" in text
        assert "CS001" in (await site.get("/stations")).text

    simulated(tmp_path, scenario)


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"product": "../../etc/passwd"}, "product", "choose a product of the list"),
        ({"product": "damaged"}, "product", "damaged.toml"),
        ({"identity": "a b"}, "identity", "is not a station identity"),
        ({"csms_url": "http://x"}, "csms_url", "is not a CSMS URL"),
        ({"csms_url": "ws://user:secret@x"}, "csms_url", "is not a CSMS URL"),
        ({"csms_url": "wss://x"}, "roots", "needs the root certificate"),
        ({"csms_url": "wss://x", "roots": "no PEM"}, "roots", "cannot be used"),
        ({"security_profile": "0"}, "security_profile", "supports"),
        ({"security_profile": "7"}, "security_profile", "supports"),
        ({"password": "short"}, "password", "shorter than 16 characters"),
        ({"certificate": "x"}, "key", "needs its private key"),
        ({"certificate": "x", "key": "y"}, "key", "no private key"),
        ({"count": "51"}, "count", "from 1 to 50"),
    ],
)
def test_what_is_wrong_is_beside_its_field_and_what_was_typed_stays(
    fields: dict[str, str], field: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "damaged.toml").write_text("[")

    async def scenario(site: Site) -> None:
        response = await site.start(**fields)
        assert response.status_code == 422
        assert text in problems(response)[field]
        assert 'value="CS001"' in response.text or "identity" in fields
        assert "No station runs" in response.text
        assert PASSWORD not in response.text
        assert 'value="short"' not in response.text
        assert str(tmp_path) not in problems(response)[field]

    simulated(tmp_path, scenario)


def test_a_pics_file_of_the_user_is_a_product(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "mine.toml").write_bytes(pics_text("reference-ac"))

    async def scenario(site: Site) -> None:
        assert "<option>mine</option>" in (await site.get("/stations")).text
        await site.start(product="mine")
        await site.csms.expect(m.BootNotificationRequest)

    simulated(tmp_path, scenario)


def test_a_driver_charges_and_stops(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        await site.see("/stations/1", "Available")
        assert (await site.post("/stations/1/do/plug_in", evse_id="1", connector_id="1")).status_code == 204
        token = {"id_token": "10000001", "type": "ISO14443", "evse_id": "1"}
        assert (await site.post("/stations/1/token", **token)).status_code == 204
        text = await site.see("/stations/1", "Occupied · Charging")
        assert '<figure class="chart-tile">' in text
        locked = await site.post("/stations/1/do/plug_out", evse_id="1", connector_id="1")
        assert (locked.status_code, locked.text) == (423, "the cable is locked in connector 1 of EVSE 1")
        assert (await site.post("/stations/1/stop-charging", evse_id="1")).status_code == 204
        await asyncio.sleep(5)
        assert (await site.post("/stations/1/do/plug_out", evse_id="1", connector_id="1")).status_code == 204
        await asyncio.sleep(5)
        events = [each.event_type.value for each in site.csms.all(m.TransactionEventRequest)]
        assert (events[0], events[-1]) == ("Started", "Ended")
        text = (await site.get("/stations/1")).text
        assert "Available" in text
        assert '<figure class="chart-tile">' in text
        assert "10000001" in (await site.get("/stations")).text

    simulated(tmp_path, scenario)


@pytest.mark.parametrize(
    ("path", "fields", "status", "reason"),
    [
        ("token", {"id_token": "", "type": "ISO14443"}, 409, "enter the id of the token"),
        ("token", {"id_token": "A", "type": "KeyCodes"}, 409, "cannot read tokens of type KeyCodes"),
        ("stop-charging", {"evse_id": "1"}, 409, "no driver is authorized at EVSE 1"),
        ("stop-charging", {"evse_id": "9"}, 409, "no driver is authorized at EVSE 9"),
        ("do/plug_out", {"evse_id": "1", "connector_id": "1"}, 409, "nothing is plugged in"),
        ("do/plug_in", {"evse_id": "1", "connector_id": "x"}, 400, "connector_id"),
        ("do/plug_in", {"evse_id": "1"}, 400, "missing required field"),
        ("do/ev_state_of_charge", {"evse_id": "1", "percent": "101"}, 409, "0 to 100 %"),
        ("do/choose", {"evse_ids": "1,2"}, 409, "offers no choice of EVSE 1, 2"),
        ("do/nothing_known", {}, 404, ""),
    ],
)
def test_why_an_action_is_not_possible_is_one_line(
    path: str, fields: dict[str, str], status: int, reason: str, tmp_path: Path
) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        response = await site.post(f"/stations/1/{path}", **fields)
        assert response.status_code == status
        assert reason in response.text
        assert "\n" not in response.text.strip() or status == 404

    simulated(tmp_path, scenario)


def test_a_station_is_connected_to_another_csms_and_keeps_its_password(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(csms_url="ws://127.0.0.1:1")
        text = await site.see("/stations/1", "not connected:")
        assert "next attempt in" in text
        wrong = await site.post("/stations/1/connect", csms_url="http://x", security_profile="1")
        assert wrong.status_code == 422
        assert "is not a CSMS URL" in problems(wrong)["csms_url"]
        assert (await site.post("/stations/1/connect", csms_url=site.csms.url)).status_code == 303
        await site.csms.expect(m.BootNotificationRequest)
        handshake = site.csms.handshakes[0]
        assert handshake.credentials == ("CS001", PASSWORD)
        text = await site.see("/stations/1", "accepted by the CSMS")
        assert PASSWORD not in text

    simulated(tmp_path, scenario)


def test_a_kept_state_is_locked_while_the_station_runs_and_its_folder_is_private(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(store="kept")
        folder = tmp_path / "stations"
        assert folder.stat().st_mode & 0o077 == 0
        again = await site.start(store="kept")
        assert "another station is using it" in problems(again)["store"]
        assert (await site.post("/stations/1/stop")).status_code == 303
        (file,) = folder.glob("*.sqlite")
        Store(file).close()
        assert "switched off" in (await site.get("/stations/1")).text
        refused = await site.post("/stations/1/do/plug_in", evse_id="1", connector_id="1")
        assert (refused.status_code, refused.text) == (409, "the station is stopped")
        await site.post("/stations/1/start")
        await site.csms.expect(m.BootNotificationRequest)

    simulated(tmp_path, scenario)


def test_a_station_whose_store_cannot_be_used_gives_the_reason_and_is_started_again(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(store="kept")
        await site.post("/stations/1/stop")
        (file,) = (tmp_path / "stations").glob("*.sqlite")
        store = Store(file)
        await site.post("/stations/1/start")
        text = await site.see("/stations/1", "failed: cannot use")
        assert "Start again" in text
        store.close()
        await site.post("/stations/1/start")
        await site.csms.expect(m.BootNotificationRequest)
        assert "failed" not in (await site.get("/stations")).text

    simulated(tmp_path, scenario)


def test_a_state_that_cannot_be_kept_is_beside_its_field(tmp_path: Path) -> None:
    (tmp_path / "stations").write_text("not a folder")

    async def scenario(site: Site) -> None:
        response = await site.start(store="kept")
        assert response.status_code == 422
        assert "cannot write" in problems(response)["store"]

    simulated(tmp_path, scenario)


def test_several_stations_have_the_next_identities_and_one_is_removed(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        response = await site.start(count="12", identity="CS009")
        assert response.headers["location"] == "/stations"
        await site.csms.until(lambda: len(site.csms.handshakes) == 12)
        assert sorted(each.identity for each in site.csms.handshakes) == [f"CS{n:03}" for n in range(9, 21)]
        assert (await site.post("/stations/3/remove")).status_code == 303
        text = (await site.get("/stations")).text
        assert "CS011" not in text
        assert 'value="CS021"' in text
        assert (await site.get("/stations/3")).status_code == 404

    simulated(tmp_path, scenario)


def test_frames_are_read_one_by_one(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        assert "&#34;BootNotification&#34;" in (await site.get("/stations/1/frames/1")).text
        assert 'data-number="1"' in (await site.get("/stations/1/frames?after=0")).text
        assert 'data-number="1"' not in (await site.get("/stations/1/frames?after=1")).text
        gone = await site.get("/stations/1/frames/9999")
        assert (gone.status_code, gone.text) == (410, "this frame is no longer kept")

    simulated(tmp_path, scenario)


def test_power_and_network_are_switches(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        await site.post("/stations/1/do/network_off")
        await asyncio.sleep(1)
        assert "do/network_on" in (await site.get("/stations/1")).text
        await site.post("/stations/1/do/power_off")
        text = (await site.get("/stations/1")).text
        assert "no mains power" in text
        assert "do/power_on" in text
        await site.post("/stations/1/do/network_on")
        await site.post("/stations/1/do/power_on")
        await site.csms.expect(m.BootNotificationRequest, 2)

    simulated(tmp_path, scenario)


def test_changes_at_the_same_time_follow_each_other(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(store="kept")
        await site.csms.expect(m.BootNotificationRequest)
        connect = {"csms_url": site.csms.url, "security_profile": "1"}
        posts = [site.post("/stations/1/connect", **connect) for _ in range(3)]
        posts += [site.post(f"/stations/1/{path}") for path in ("stop", "start", "stop", "start")]
        assert {each.status_code for each in await asyncio.gather(*posts)} == {303}
        assert "failed" not in await site.see("/stations/1", "accepted by the CSMS")
        await site.post("/stations/1/stop")
        received = len(site.csms.received)
        await asyncio.sleep(3600)  # a second station on the same store would send heartbeats
        assert len(site.csms.received) == received

    simulated(tmp_path, scenario)


def test_a_line_that_quotes_a_frame_has_no_password(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        peer = site.csms.peer
        assert peer is not None
        broadcast([peer._websocket], '[3,"1",{"key":"AuthorizationKey","value":"topsecret"}]')
        text = await site.see("/stations/1", "frame ignored")
        assert "topsecret" not in text

    simulated(tmp_path, scenario)


def test_texts_of_the_csms_are_never_markup(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(csms_url=f"{site.csms.url}/<script>alert(1)</script>")
        await site.post("/stations/1/token", id_token="<b>", type="ISO14443")
        await site.csms.until(lambda: bool(site.csms.handshakes))
        for path in ("/stations/1", "/stations"):
            text = (await site.get(path)).text
            assert "<script>alert" not in text
            assert "<b>" not in text

    simulated(tmp_path, scenario)
