"""Firmware updates while drivers charge (L01): what waits, and whether new sessions may begin."""

import asyncio

from tests.station.firmware import DOWNLOADED, UPDATED, Workshop, play

from plugfest.ocpp.v201 import messages as m
from plugfest.transfer.server import FileBehaviour


def test_what_can_only_be_downloaded_without_a_transaction_waits_for_its_end() -> None:
    async def body(it: Workshop) -> None:
        await it.charge()
        assert await it.update() == "Accepted"
        await it.until("DownloadScheduled")  # L01.FR.13
        await asyncio.sleep(60)
        assert it.connector_statuses(1)[-1] == "Occupied"
        assert it.connector_statuses(2)[-1] == "Unavailable"  # L01.FR.07
        await it.leave()
        await it.until("Installed")
        assert it.told() == ["DownloadScheduled", *UPDATED]
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-1] == it.connector_statuses(2)[-1] == "Available"

    play(body, AQ_7=False)


def test_new_sessions_go_on_where_they_are_allowed() -> None:
    async def body(it: Workshop) -> None:
        await it.charge(1)
        assert await it.update() == "Accepted"
        await it.until("InstallScheduled")  # L01.FR.06, L01.FR.34
        await it.charge(2)
        await it.leave(1)
        assert it.connector_statuses(1)[-1] == "Available"
        assert it.told()[-1] == "InstallScheduled"
        await it.leave(2)
        await it.until("Installed")
        assert it.told() == [*DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    play(body, allow="true", C_20=True)


def test_new_sessions_can_be_forbidden_while_an_update_waits() -> None:
    async def body(it: Workshop) -> None:
        await it.charge(1)
        await it.update()
        await it.until("InstallScheduled")
        assert it.connector_statuses(2)[-1] == "Available"
        await it.set("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", "false")
        await asyncio.sleep(1)
        assert it.connector_statuses(2)[-1] == "Unavailable"

    play(body, allow="true", C_20=True)


def test_a_download_pauses_for_a_transaction_if_it_cannot_go_on_beside_it() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.set_behaviour(it.path, FileBehaviour(bytes_per_second=500))
        await it.update()
        await it.until("Downloading")
        await it.charge()
        await it.until("DownloadPaused")  # L01.FR.14
        await it.leave()
        await it.until("Installed")
        assert it.told() == ["Downloading", "DownloadPaused", *UPDATED]

    play(body, AQ_7=False)


def test_a_station_that_installs_beside_a_transaction_only_connects_again() -> None:
    async def body(it: Workshop) -> None:
        await it.charge()
        await it.update()
        await it.until("Installed")
        assert it.told() == [*DOWNLOADED, "Installing", "Installed"]
        assert len(it.csms.handshakes) == 2
        assert len(it.csms.all(m.BootNotificationRequest)) == 1
        assert it.connector_statuses(1)[-1] == "Occupied"
        assert it.connector_statuses(2)[-1] == "Available"
        await it.csms.until(lambda: it.security_events()[-1] == "FirmwareUpdated")
        assert it.station.station is not None
        assert it.station.station.device_model.text("ChargingStation", "FirmwareVersion") == "9.9"

    play(body, C_43=True)
