"""Firmware updates on the wire (L01): their statuses, through reboots, power loss and lost connections."""

import asyncio
from datetime import UTC, datetime

import pytest
from tests.station.firmware import DOWNLOADED, HOURS, UPDATED, FirmwareBench, run_on_bench

from plugfest.clock import utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.keys import KeyKind
from plugfest.station.blocks.l_firmware_management.job import NEXT_STATUSES, FirmwareStatus, Jobs, Update
from plugfest.station.blocks.l_firmware_management.updater import INSTALLATION_SECONDS
from plugfest.station.storage.store import Store
from plugfest.transfer.server import FileBehaviour, Outcome


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_new_firmware_is_fetched_verified_installed_and_reported(kind: KeyKind) -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update() == "Accepted"
        await bench.until("Installed")
        assert bench.reported_statuses() == UPDATED
        boot = bench.csms.all(m.BootNotificationRequest)[-1]
        assert boot.reason is t.BootReasonEnumType.FirmwareUpdate
        assert given(boot.charging_station.firmware_version) == "9.9"
        await bench.csms.until(lambda: bench.security_events()[-1] == "FirmwareUpdated")  # L01.FR.31
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-3:] == ["Available", "Unavailable", "Available"]

    run_on_bench(body, kind=kind)


def test_download_and_installation_wait_for_their_time() -> None:
    async def body(bench: FirmwareBench) -> None:
        now = utc_now()
        at, then = now + 1 * HOURS, now + 5 * HOURS
        assert await bench.update(retrieve_date_time=at, install_date_time=then) == "Accepted"
        await bench.csms.until(lambda: len(bench.reported_statuses()) == 1)
        assert bench.reported_statuses() == ["DownloadScheduled"]  # L01.FR.13
        await bench.csms.until(lambda: "Downloading" in bench.reported_statuses(), within=7200)
        assert utc_now() >= at
        await bench.until("InstallScheduled")  # L01.FR.16
        await bench.csms.until(lambda: "Installing" in bench.reported_statuses(), within=5 * 3600)
        assert utc_now() >= then
        await bench.until("Installed")
        assert bench.reported_statuses() == ["DownloadScheduled", *DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    run_on_bench(body)


def test_a_failed_download_is_repeated_as_often_as_requested() -> None:
    async def body(bench: FirmwareBench) -> None:
        del bench.server.documents.files[bench.path]
        assert await bench.update(retries=2) == "Accepted"
        await bench.until("DownloadFailed")
        assert bench.reported_statuses() == ["Downloading", "DownloadFailed"]  # L01.FR.30
        assert len(bench.server.documents.accesses) == 3
        bench.server.documents.put(bench.path, bench.image)
        assert await bench.update(2) == "Accepted"
        await bench.until("Installed", 2)

    run_on_bench(body)


def test_another_update_cancels_the_first() -> None:
    async def body(bench: FirmwareBench) -> None:
        bench.server.documents.set_behaviour(bench.path, FileBehaviour(hang_after=1000))
        assert await bench.update(1) == "Accepted"
        await bench.server.documents.wait_until(lambda: bool(bench.server.documents.accesses))
        assert await bench.update(2, location="http://127.0.0.1:1/none") == "AcceptedCanceled"  # L01.FR.24
        await bench.until("DownloadFailed", 2)
        assert bench.server.documents.accesses[0].outcome is Outcome.ABORTED_BY_CLIENT
        assert bench.reported_statuses(1) == ["Downloading"]

    run_on_bench(body, C_60=True)


def test_a_station_that_cannot_cancel_rejects_another_update() -> None:
    async def body(bench: FirmwareBench) -> None:
        bench.server.documents.set_behaviour(bench.path, FileBehaviour(bytes_per_second=500))
        assert await bench.update(1) == "Accepted"
        await bench.until("Downloading", 1)
        assert await bench.update(2) == "Rejected"  # L01.FR.27
        await bench.until("Installed", 1)
        assert not bench.reported_statuses(2)

    run_on_bench(body, C_60=False)


def test_a_reset_must_not_interrupt_the_installation() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.update()
        await bench.until("Installing")
        immediate = m.ResetRequest(type=t.ResetEnumType.Immediate)
        assert (await bench.csms.call(immediate)).status is t.ResetStatusEnumType.Rejected  # B11.FR.06
        await bench.until("Installed")

    run_on_bench(body)


@pytest.mark.parametrize("status", ["DownloadScheduled", "Downloading", "InstallScheduled", "Installing"])
def test_an_update_resumes_after_a_power_loss(status: str) -> None:
    async def body(bench: FirmwareBench) -> None:
        now = utc_now()
        bench.server.documents.set_behaviour(bench.path, FileBehaviour(bytes_per_second=500))
        await bench.update(retrieve_date_time=now + 1 * HOURS, install_date_time=now + 2 * HOURS)
        await bench.csms.until(lambda: status in bench.reported_statuses(), within=3 * 3600)
        await asyncio.sleep(1)
        await bench.station.power_off()
        await asyncio.sleep(300)
        bench.station.power_on()
        await bench.csms.until(lambda: bench.reported_statuses()[-1] == "Installed", within=3 * 3600)
        assert bench.reported_statuses() == ["DownloadScheduled", *DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    run_on_bench(body)


def test_a_status_reached_offline_is_reported_afterwards() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.update(install_date_time=utc_now() + HOURS, **bench.offer(bench.image[:-1]))
        await bench.until("InstallScheduled")
        bench.station.network_off()
        await asyncio.sleep(2 * 3600)
        bench.station.network_on()
        await bench.until("InstallVerificationFailed")
        assert bench.reported_statuses().count("InstallVerificationFailed") == 1

    run_on_bench(body)


def test_a_download_stops_with_the_network_and_is_repeated() -> None:
    async def body(bench: FirmwareBench) -> None:
        bench.server.documents.set_behaviour(bench.path, FileBehaviour(bytes_per_second=500))
        await bench.update()
        await bench.until("Downloading")
        await asyncio.sleep(1)
        bench.station.network_off()
        await asyncio.sleep(5)
        assert bench.server.documents.accesses[0].outcome is Outcome.ABORTED_BY_CLIENT
        bench.station.network_on()
        await bench.until("Installed")

    run_on_bench(body)


def test_a_trigger_gets_the_last_status() -> None:
    async def body(bench: FirmwareBench) -> None:
        first = await bench.triggered()
        assert (first.status, first.request_id) == ("Idle", UNSET)
        bench.server.documents.set_behaviour(bench.path, FileBehaviour(bytes_per_second=500))
        await bench.update(7)
        await bench.until("Downloading", 7)
        going = await bench.triggered()
        assert (going.status, going.request_id) == ("Downloading", 7)  # L01.FR.26
        await bench.until("Installed", 7)
        assert (await bench.triggered()).status == "Idle"  # L01.FR.25

    run_on_bench(body, C_29_4=True)


def test_only_a_local_controller_publishes_firmware() -> None:
    async def body(bench: FirmwareBench) -> None:
        request = m.PublishFirmwareRequest(location=bench.server.url(bench.path), checksum="0" * 32, request_id=1)
        with pytest.raises(CallErrorReceived) as caught:
            await bench.csms.call(request)
        assert caught.value.code == "NotSupported"

    run_on_bench(body)


def test_the_installation_takes_its_time() -> None:
    async def body(bench: FirmwareBench) -> None:
        await bench.update()
        await bench.until("Installing")
        began = asyncio.get_running_loop().time()
        await bench.until("InstallRebooting")
        assert asyncio.get_running_loop().time() - began == pytest.approx(INSTALLATION_SECONDS, abs=1)

    run_on_bench(body)


def test_every_update_ends_in_a_final_status() -> None:
    ends = {status for following in NEXT_STATUSES.values() for status in following} - NEXT_STATUSES.keys()
    assert ends == {
        FirmwareStatus.DOWNLOAD_FAILED,
        FirmwareStatus.INVALID_SIGNATURE,
        FirmwareStatus.INSTALL_VERIFICATION_FAILED,
        FirmwareStatus.INSTALLATION_FAILED,
        FirmwareStatus.INSTALLED,
    }
    assert ends | NEXT_STATUSES.keys() == set(FirmwareStatus)


def test_other_transitions_are_an_error() -> None:
    jobs = Jobs(Store())
    jobs.begin(
        Update(
            request_id=1,
            location="http://host/x",
            retrieve_at=datetime.now(UTC),
            install_at=None,
            signing_certificate="",
            signature=None,
            retries=0,
            retry_interval=0,
        )
    )
    with pytest.raises(AssertionError, match="an update that is Idle cannot be Installing"):
        jobs.set_status(FirmwareStatus.INSTALLING)
