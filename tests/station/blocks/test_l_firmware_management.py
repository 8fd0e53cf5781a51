"""Firmware updates on the wire (L01): their statuses, through reboots, power loss and lost connections."""

import asyncio
from datetime import UTC, datetime

import pytest
from tests.station.firmware import DOWNLOADED, HOURS, UPDATED, Workshop, play

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
    async def body(it: Workshop) -> None:
        assert await it.update() == "Accepted"
        await it.until("Installed")
        assert it.told() == UPDATED
        boot = it.csms.all(m.BootNotificationRequest)[-1]
        assert boot.reason is t.BootReasonEnumType.FirmwareUpdate
        assert given(boot.charging_station.firmware_version) == "9.9"
        await it.csms.until(lambda: it.security_events()[-1] == "FirmwareUpdated")  # L01.FR.31
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-3:] == ["Available", "Unavailable", "Available"]

    play(body, kind=kind)


def test_download_and_installation_wait_for_their_time() -> None:
    async def body(it: Workshop) -> None:
        now = utc_now()
        at, then = now + 1 * HOURS, now + 5 * HOURS
        assert await it.update(retrieve_date_time=at, install_date_time=then) == "Accepted"
        await it.csms.until(lambda: len(it.told()) == 1)
        assert it.told() == ["DownloadScheduled"]  # L01.FR.13
        await it.csms.until(lambda: "Downloading" in it.told(), within=7200)
        assert utc_now() >= at
        await it.until("InstallScheduled")  # L01.FR.16
        await it.csms.until(lambda: "Installing" in it.told(), within=5 * 3600)
        assert utc_now() >= then
        await it.until("Installed")
        assert it.told() == ["DownloadScheduled", *DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    play(body)


def test_a_download_that_fails_is_tried_again_as_often_as_the_csms_wants() -> None:
    async def body(it: Workshop) -> None:
        del it.server.documents.files[it.path]
        assert await it.update(retries=2) == "Accepted"
        await it.until("DownloadFailed")
        assert it.told() == ["Downloading", "DownloadFailed"]  # L01.FR.30
        assert len(it.server.documents.accesses) == 3
        it.server.documents.put(it.path, it.image)
        assert await it.update(2) == "Accepted"
        await it.until("Installed", 2)

    play(body)


def test_another_update_cancels_the_first() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.set_behaviour(it.path, FileBehaviour(hang_after=1000))
        assert await it.update(1) == "Accepted"
        await it.server.documents.wait_until(lambda: bool(it.server.documents.accesses))
        assert await it.update(2, location="http://127.0.0.1:1/none") == "AcceptedCanceled"  # L01.FR.24
        await it.until("DownloadFailed", 2)
        assert it.server.documents.accesses[0].outcome is Outcome.ABORTED_BY_CLIENT
        assert it.told(1) == ["Downloading"]

    play(body, C_60=True)


def test_a_station_that_cannot_cancel_rejects_another_update() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.set_behaviour(it.path, FileBehaviour(bytes_per_second=500))
        assert await it.update(1) == "Accepted"
        await it.until("Downloading", 1)
        assert await it.update(2) == "Rejected"  # L01.FR.27
        await it.until("Installed", 1)
        assert not it.told(2)

    play(body, C_60=False)


def test_a_reset_must_not_interrupt_the_installation() -> None:
    async def body(it: Workshop) -> None:
        await it.update()
        await it.until("Installing")
        immediate = m.ResetRequest(type=t.ResetEnumType.Immediate)
        assert (await it.csms.call(immediate)).status is t.ResetStatusEnumType.Rejected  # B11.FR.06
        await it.until("Installed")

    play(body)


@pytest.mark.parametrize("status", ["DownloadScheduled", "Downloading", "InstallScheduled", "Installing"])
def test_after_a_power_cut_an_update_goes_on_where_it_was(status: str) -> None:
    async def body(it: Workshop) -> None:
        now = utc_now()
        it.server.documents.set_behaviour(it.path, FileBehaviour(bytes_per_second=500))
        await it.update(retrieve_date_time=now + 1 * HOURS, install_date_time=now + 2 * HOURS)
        await it.csms.until(lambda: status in it.told(), within=3 * 3600)
        await asyncio.sleep(1)
        await it.station.power_off()
        await asyncio.sleep(300)
        it.station.power_on()
        await it.csms.until(lambda: it.told()[-1] == "Installed", within=3 * 3600)
        assert it.told() == ["DownloadScheduled", *DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    play(body)


def test_what_happens_offline_is_told_afterwards() -> None:
    async def body(it: Workshop) -> None:
        await it.update(install_date_time=utc_now() + HOURS, **it.offer(it.image[:-1]))
        await it.until("InstallScheduled")
        it.station.network_off()
        await asyncio.sleep(2 * 3600)
        it.station.network_on()
        await it.until("InstallVerificationFailed")
        assert it.told().count("InstallVerificationFailed") == 1

    play(body)


def test_a_download_breaks_off_with_the_network_and_is_tried_again() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.set_behaviour(it.path, FileBehaviour(bytes_per_second=500))
        await it.update()
        await it.until("Downloading")
        await asyncio.sleep(1)
        it.station.network_off()
        await asyncio.sleep(5)
        assert it.server.documents.accesses[0].outcome is Outcome.ABORTED_BY_CLIENT
        it.station.network_on()
        await it.until("Installed")

    play(body)


def test_a_trigger_gets_the_last_status() -> None:
    async def body(it: Workshop) -> None:
        first = await it.triggered()
        assert (first.status, first.request_id) == ("Idle", UNSET)
        it.server.documents.set_behaviour(it.path, FileBehaviour(bytes_per_second=500))
        await it.update(7)
        await it.until("Downloading", 7)
        going = await it.triggered()
        assert (going.status, going.request_id) == ("Downloading", 7)  # L01.FR.26
        await it.until("Installed", 7)
        assert (await it.triggered()).status == "Idle"  # L01.FR.25

    play(body, C_29_4=True)


def test_only_a_local_controller_publishes_firmware() -> None:
    async def body(it: Workshop) -> None:
        request = m.PublishFirmwareRequest(location=it.server.url(it.path), checksum="0" * 32, request_id=1)
        with pytest.raises(CallErrorReceived) as caught:
            await it.csms.call(request)
        assert caught.value.code == "NotSupported"

    play(body)


def test_the_installation_takes_its_time() -> None:
    async def body(it: Workshop) -> None:
        await it.update()
        await it.until("Installing")
        began = asyncio.get_running_loop().time()
        await it.until("InstallRebooting")
        assert asyncio.get_running_loop().time() - began == pytest.approx(INSTALLATION_SECONDS, abs=1)

    play(body)


def test_every_way_of_an_update_comes_to_an_end() -> None:
    ends = {status for following in NEXT_STATUSES.values() for status in following} - NEXT_STATUSES.keys()
    assert ends == {
        FirmwareStatus.DOWNLOAD_FAILED,
        FirmwareStatus.INVALID_SIGNATURE,
        FirmwareStatus.INSTALL_VERIFICATION_FAILED,
        FirmwareStatus.INSTALLATION_FAILED,
        FirmwareStatus.INSTALLED,
    }
    assert ends | NEXT_STATUSES.keys() == set(FirmwareStatus)


def test_no_update_goes_a_way_that_there_is_not() -> None:
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
