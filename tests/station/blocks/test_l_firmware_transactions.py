"""Firmware updates during transactions (L01): what is delayed, and whether new sessions begin."""

import asyncio

from tests.station.firmware import DOWNLOADED, UPDATED, FirmwareBench, run_on_bench

from plugfest.ocpp.v201 import messages as m
from plugfest.transfer.server import FileBehaviour


def test_a_download_that_is_impossible_while_charging_waits_for_the_end_of_the_transaction() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.charge()
        assert await bench.update() == "Accepted"
        await bench.until("DownloadScheduled")  # L01.FR.13
        await asyncio.sleep(60)
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert bench.connector_statuses(2)[-1] == "Unavailable"  # L01.FR.07
        await bench.leave()
        await bench.until("Installed")
        assert bench.reported_statuses() == ["DownloadScheduled", *UPDATED]
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Available"

    run_on_bench(body, AQ_7=False)


def test_new_sessions_begin_if_allowed() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.charge(1)
        assert await bench.update() == "Accepted"
        await bench.until("InstallScheduled")  # L01.FR.06, L01.FR.34
        await bench.charge(2)
        await bench.leave(1)
        assert bench.connector_statuses(1)[-1] == "Available"
        assert bench.reported_statuses()[-1] == "InstallScheduled"
        await bench.leave(2)
        await bench.until("Installed")
        assert bench.reported_statuses() == [*DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    run_on_bench(body, allow="true", C_20=True)


def test_new_sessions_can_be_forbidden_while_an_update_waits() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.charge(1)
        await bench.update()
        await bench.until("InstallScheduled")
        assert bench.connector_statuses(2)[-1] == "Available"
        await bench.set("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", "false")
        await asyncio.sleep(1)
        assert bench.connector_statuses(2)[-1] == "Unavailable"

    run_on_bench(body, allow="true", C_20=True)


def test_a_download_pauses_for_a_transaction_if_it_is_impossible_while_charging() -> None:
    async def body(bench: FirmwareBench) -> None:
        bench.server.documents.set_behaviour(bench.path, FileBehaviour(bytes_per_second=500))
        await bench.update()
        await bench.until("Downloading")
        await bench.charge()
        await bench.until("DownloadPaused")  # L01.FR.14
        await bench.leave()
        await bench.until("Installed")
        assert bench.reported_statuses() == ["Downloading", "DownloadPaused", *UPDATED]

    run_on_bench(body, AQ_7=False)


def test_a_station_that_installs_while_charging_only_reconnects() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.charge()
        await bench.update()
        await bench.until("Installed")
        assert bench.reported_statuses() == [*DOWNLOADED, "Installing", "Installed"]
        assert len(bench.csms.handshakes) == 2
        assert len(bench.csms.all(m.BootNotificationRequest)) == 1
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert bench.connector_statuses(2)[-1] == "Available"
        await bench.csms.until(lambda: bench.security_events()[-1] == "FirmwareUpdated")
        assert bench.station.station is not None
        assert bench.station.station.device_model.text("ChargingStation", "FirmwareVersion") == "9.9"

    run_on_bench(body, C_43=True)
