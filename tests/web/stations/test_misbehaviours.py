"""Stations of the pages that do wrong what the user chooses."""

from pathlib import Path

from tests.web.stations.site import Site, problems, simulated

from plugfest.ocpp.v201 import messages as m

GAPS = "leaves-gaps-in-seqno"


def test_a_station_is_started_with_misbehaviours_and_shows_them(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        wrong = f"{GAPS}\r\n\r\ndoubled:rate=1,kind=call,message=Heartbeat\r\n"
        started = await site.start(misbehave=wrong, misbehave_seed="7")
        assert started.status_code == 303
        await site.csms.expect(m.BootNotificationRequest)
        text = await site.see("/stations/1", "accepted by the CSMS")
        assert '<li class="wrap">leaves gaps in seqNo (E01.FR.07)</li>' in text
        assert "misbehaves: doubled:rate=1,message=Heartbeat,kind=call: a frame arrives twice" in text
        assert "misbehaves: leaves gaps in seqNo (E01.FR.07); doubled:" in (await site.get("/stations")).text
        await site.post("/stations/1/do/plug_in", evse_id="1", connector_id="1")
        await site.post("/stations/1/token", id_token="04A2B1C3", type="ISO14443", evse_id="1")
        events = [await site.csms.expect(m.TransactionEventRequest, number) for number in (1, 2, 3)]
        assert [each.seq_no for each in events] == [0, 2, 4]

    simulated(tmp_path, scenario)


def test_a_misbehaviour_that_does_not_exist_is_beside_its_field(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        response = await site.start(misbehave=f"{GAPS}\nhalf-opn", misbehave_seed="7")
        assert response.status_code == 422
        assert (
            "half-opn: there is no such misbehaviour of OCPP 2.0.1; did you mean half-open?"
            in problems(response)["misbehave"]
        )
        assert GAPS in response.text
        assert "No station runs" in response.text
        assert "whole number" in problems(await site.start(misbehave_seed="x"))["misbehave_seed"]

    simulated(tmp_path, scenario)


def test_a_running_station_begins_and_ends_to_misbehave(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        assert "does nothing wrong" in (await site.get("/stations/1")).text
        await site.post("/stations/1/misbehave", misbehave="late")
        assert (await site.post("/stations/1/misbehave", misbehave="gaps-in-seqno")).status_code == 204
        assert '<li class="wrap">leaves gaps in seqNo (E01.FR.07)</li>' in (await site.get("/stations/1")).text
        assert "misbehaves: leaves gaps in seqNo (E01.FR.07)" in (await site.get("/stations/1")).text
        twice = await site.post("/stations/1/misbehave", misbehave=GAPS)
        assert (twice.status_code, twice.text) == (409, f"{GAPS}: {GAPS} is given twice")
        assert (await site.post("/stations/1/misbehave")).status_code == 409
        assert (await site.post("/stations/1/behave")).status_code == 204
        assert "does nothing wrong any more" in (await site.get("/stations/1")).text

    simulated(tmp_path, scenario)


def test_what_a_station_does_wrong_stays_when_it_is_switched_off_and_on(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(misbehave=GAPS)
        await site.csms.expect(m.BootNotificationRequest)
        await site.post("/stations/1/stop")
        await site.post("/stations/1/start")
        await site.csms.expect(m.BootNotificationRequest, 2)
        assert '<li class="wrap">leaves gaps in seqNo (E01.FR.07)</li>' in (await site.get("/stations/1")).text

    simulated(tmp_path, scenario)


def test_the_list_is_searched_and_fits_the_product(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        everything = (await site.get("/stations/misbehaviours")).text
        assert "late" in everything
        assert "100 of" in everything
        found = (await site.get("/stations/misbehaviours?q=gaps+seqno")).text
        assert (found.count(GAPS), "1 of 1" in found, ">Add<" in found) == (1, True, False)
        await site.start(product="reference-16-ac", password="")
        of_station = (await site.get("/stations/1/misbehaviours?q=meterStop")).text
        assert "reports-meterstop-in-mwh" in of_station
        assert ">Add<" in of_station
        assert "0 of 0" in (await site.get("/stations/1/misbehaviours?q=gaps+seqno")).text

    simulated(tmp_path, scenario)
