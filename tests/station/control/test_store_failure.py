"""An operation during which the store fails is answered, and the station stops."""

import asyncio
from http import HTTPStatus
from pathlib import Path

import httpx
from tests.station.full_disk import FullDiskStore
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.ocpp.v201 import messages as m
from plugfest.station.control.commands import Control
from plugfest.station.control.http_api.application import application
from plugfest.station.control.operated_station import OperatedStation
from plugfest.station.control.watch import StationWatch


def test_an_operation_that_cannot_be_stored_is_answered_with_503(tmp_path: Path) -> None:
    async def scenario() -> None:
        store = FullDiskStore(tmp_path / "station.db")
        async with powered_station("reference-ac", store=store) as (station, csms):
            await csms.expect(m.BootNotificationRequest)
            await asyncio.sleep(1)
            assert isinstance(station.hardware, VirtualHardware)
            operated = OperatedStation(Control(station, station.hardware), StationWatch())
            app = httpx.ASGITransport(app=application(operated))
            async with httpx.AsyncClient(transport=app, base_url="http://127.0.0.1") as client:
                store.fill()
                for number in range(5000):
                    body = {"identifier": f"{number:0500}"}
                    if (answer := await client.post("/store_customer", json=body)).is_error:
                        break
                assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                assert "the disk is full" in answer.json()["error"]
                assert (await client.get("/state")).json()["connected"] is False
        store.close()

    run_simulated(scenario())
