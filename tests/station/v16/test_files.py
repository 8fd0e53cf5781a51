"""Firmware, diagnostics and logs in OCPP 1.6 (5.9, 5.19, security whitepaper L01 and N01)."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.station.file_server import file_server
from tests.station.v16.scene import Scene, scene

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import key_from_pem
from plugfest.security.pki import TestPki
from plugfest.station.blocks.l_firmware_management.updater import MANUFACTURER_ROOT
from plugfest.station.files.firmware_image import build_image
from plugfest.transfer.server import FileServer

FIRMWARE = "/image.bin"


class Workshop:
    """A station, a file server, and firmware that is good for the station."""

    def __init__(self, it: Scene, server: FileServer) -> None:
        self.it = it
        self.server = server
        product = it.station.product
        self.image = build_image(product.vendor, product.model, "9.9", b"program" * 1000)
        server.documents.put(FIRMWARE, self.image)
        server.documents.make_folder("/logs")

    async def update(self, path: str = FIRMWARE, *, location: str | None = None) -> None:
        request = m.UpdateFirmwareRequest(
            location=location or self.server.url(path), retrieve_date=utc_now(), retries=0
        )
        await self.it.csms.call(request)

    def told(self) -> list[str]:
        return [each.status.value for each in self.it.csms.all(m.FirmwareStatusNotificationRequest)]

    async def until(self, status: str) -> None:
        await self.it.csms.until(lambda: self.told()[-1:] == [status])

    def told_signed(self) -> list[tuple[str, int | None]]:
        every = self.it.csms.all(m.SignedFirmwareStatusNotificationRequest)
        return [(each.status.value, given(each.request_id)) for each in every]

    def security_events(self) -> list[str]:
        return [each.type for each in self.it.csms.all(m.SecurityEventNotificationRequest)]


@contextlib.asynccontextmanager
async def workshop(**settings: Any) -> AsyncIterator[Workshop]:
    async with scene(**settings) as it, file_server() as server:
        yield Workshop(it, server)


def test_new_firmware_is_installed_with_a_reboot() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            await here.update()
            await here.until("Installed")
            assert here.told() == ["Downloading", "Downloaded", "Installing", "Installed"]
            assert here.it.csms.all(m.BootNotificationRequest)[-1].firmware_version == "9.9"
            await here.it.csms.until(lambda: "FirmwareUpdated" in here.security_events())
            await here.it.status("Available")

    run_simulated(scenario())


def test_firmware_that_is_not_there() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            await here.update("/does_not_exist_image.bin")
            await here.until("DownloadFailed")
            assert here.told() == ["Downloading", "DownloadFailed"]

    run_simulated(scenario())


def test_firmware_at_an_address_that_the_station_cannot_use() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            await here.update(location="gopher://example.com/image.bin")
            await here.until("DownloadFailed")

    run_simulated(scenario())


def test_firmware_that_is_none() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            here.server.documents.put(FIRMWARE, b"nothing of use")
            await here.update()
            await here.until("InstallationFailed")
            assert here.told() == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
            await here.it.status("Available")

    run_simulated(scenario())


def test_how_far_an_update_is_is_told_on_request() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            for name in ("FirmwareStatusNotification", "DiagnosticsStatusNotification"):
                message = t.TriggerMessageRequestedMessage(name)
                await here.it.csms.call(m.TriggerMessageRequest(requested_message=message))
            await here.until("Idle")
            idle = await here.it.csms.expect(m.DiagnosticsStatusNotificationRequest)
            assert idle.status is t.DiagnosticsStatusNotificationStatus.Idle
            for kind in ("FirmwareStatusNotification", "LogStatusNotification"):
                await here.it.csms.call(
                    m.ExtendedTriggerMessageRequest(requested_message=t.MessageTriggerEnumType(kind))
                )
            signed = await here.it.csms.expect(m.SignedFirmwareStatusNotificationRequest)
            log = await here.it.csms.expect(m.LogStatusNotificationRequest)
            assert (signed.status, signed.request_id, log.status, log.request_id) == ("Idle", UNSET, "Idle", UNSET)

    run_simulated(scenario())


async def update_signed(here: Workshop, maker: TestPki, signature: str | None = None) -> str:
    assert here.it.station.station is not None
    root = certificate_to_pem(maker.root.certificate)
    here.it.station.station.context.trust.install(MANUFACTURER_ROOT, root)
    signer = maker.firmware_signer("Manufacturer")
    firmware = t.FirmwareType(
        location=here.server.url(FIRMWARE),
        retrieve_date_time=utc_now(),
        signing_certificate=signer.chain,
        signature=signature or sign_firmware(here.image, key_from_pem(signer.key)),
    )
    request = m.SignedUpdateFirmwareRequest(request_id=7, firmware=firmware)
    return (await here.it.csms.call(request)).status.value


@pytest.fixture(scope="module")
def maker() -> TestPki:
    return TestPki(datetime.now(UTC), organization="Manufacturer")


def test_signed_firmware(maker: TestPki) -> None:
    async def scenario() -> None:
        async with workshop() as here:
            assert await update_signed(here, maker) == "Accepted"
            await here.it.csms.until(lambda: ("Installed", 7) in here.told_signed())
            assert here.told_signed() == [
                (status, 7)
                for status in (
                    "Downloading",
                    "Downloaded",
                    "SignatureVerified",
                    "Installing",
                    "InstallRebooting",
                    "Installed",
                )
            ]
            assert not here.told()

    run_simulated(scenario())


def test_firmware_with_a_wrong_signature(maker: TestPki) -> None:
    async def scenario() -> None:
        async with workshop() as here:
            assert await update_signed(here, maker, "bm90aGluZw==") == "Accepted"
            await here.it.csms.until(lambda: "InvalidFirmwareSignature" in here.security_events())
            await here.it.csms.until(lambda: ("InvalidSignature", 7) in here.told_signed())

    run_simulated(scenario())


def test_diagnostics() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            answer = await here.it.csms.call(m.GetDiagnosticsRequest(location=here.server.url("/logs/")))
            statuses = here.it.csms.all(m.DiagnosticsStatusNotificationRequest)
            await here.it.csms.expect(m.DiagnosticsStatusNotificationRequest, 2)
            statuses = here.it.csms.all(m.DiagnosticsStatusNotificationRequest)
            assert [each.status.value for each in statuses] == ["Uploading", "Uploaded"]
            assert f"/logs/{answer.file_name}" in here.server.documents.files

    run_simulated(scenario())


def test_diagnostics_that_cannot_be_sent() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            await here.it.csms.call(m.GetDiagnosticsRequest(location="http://127.0.0.1:1/", retries=0))
            await here.it.csms.expect(m.DiagnosticsStatusNotificationRequest, 2)
            statuses = here.it.csms.all(m.DiagnosticsStatusNotificationRequest)
            assert [each.status.value for each in statuses] == ["Uploading", "UploadFailed"]

    run_simulated(scenario())


def test_the_security_log() -> None:
    async def scenario() -> None:
        async with workshop() as here:
            log = t.LogParametersType(remote_location=here.server.url("/logs/"))
            request = m.GetLogRequest(log=log, log_type=t.LogEnumType.SecurityLog, request_id=9)
            answer = await here.it.csms.call(request)
            assert answer.status is t.LogStatusEnumType.Accepted
            await here.it.csms.expect(m.LogStatusNotificationRequest, 2)
            statuses = here.it.csms.all(m.LogStatusNotificationRequest)
            assert [(each.status.value, each.request_id) for each in statuses] == [("Uploading", 9), ("Uploaded", 9)]
            assert b"StartupOfTheDevice" in here.server.documents.files[f"/logs/{given(answer.filename)}"]

    run_simulated(scenario())
