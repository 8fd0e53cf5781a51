"""Firmware, diagnostics and logs in OCPP 1.6 (5.9, 5.19, security whitepaper L01 and N01)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.station.file_server import file_server
from tests.station.v16.station_bench import StationBench, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.hardware.ports import StoredData
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import key_from_pem
from plugfest.security.pki import TestPki
from plugfest.station.blocks.l_firmware_management.updater import MANUFACTURER_ROOT
from plugfest.station.control.commands import Control
from plugfest.station.files.firmware_image import build_image
from plugfest.station.storage.diagnostics import SecurityLog
from plugfest.transfer.server import FileServer

FIRMWARE = "/image.bin"


class FileBench:
    """A station, and a file server with valid firmware for it."""

    def __init__(self, powered_station: StationBench, server: FileServer) -> None:
        self.powered_station = powered_station
        self.server = server
        product = powered_station.station.product
        self.image = build_image(product.vendor, product.model, "9.9", b"program" * 1000)
        server.documents.put(FIRMWARE, self.image)
        server.documents.make_folder("/logs")

    async def update(self, path: str = FIRMWARE, *, location: str | None = None) -> None:
        request = m.UpdateFirmwareRequest(
            location=location or self.server.url(path), retrieve_date=utc_now(), retries=0
        )
        await self.powered_station.csms.call(request)

    def statuses(self) -> list[str]:
        return [each.status.value for each in self.powered_station.csms.all(m.FirmwareStatusNotificationRequest)]

    async def until(self, status: str) -> None:
        await self.powered_station.csms.until(lambda: self.statuses()[-1:] == [status])

    def signed_statuses(self) -> list[tuple[str, int | None]]:
        every = self.powered_station.csms.all(m.SignedFirmwareStatusNotificationRequest)
        return [(each.status.value, given(each.request_id)) for each in every]

    def security_events(self) -> list[str]:
        return [each.type for each in self.powered_station.csms.all(m.SecurityEventNotificationRequest)]


@contextlib.asynccontextmanager
async def file_bench(**settings: Any) -> AsyncIterator[FileBench]:
    async with station_bench(**settings) as powered_station, file_server() as server:
        yield FileBench(powered_station, server)


def test_new_firmware_is_installed_with_a_reboot() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            await files.update()
            await files.until("Installed")
            assert files.statuses() == ["Downloading", "Downloaded", "Installing", "Installed"]
            assert files.powered_station.csms.all(m.BootNotificationRequest)[-1].firmware_version == "9.9"
            await files.powered_station.csms.until(lambda: "FirmwareUpdated" in files.security_events())
            await files.powered_station.status("Available")

    run_simulated(scenario())


def test_firmware_that_does_not_exist() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            await files.update("/does_not_exist_image.bin")
            await files.until("DownloadFailed")
            assert files.statuses() == ["Downloading", "DownloadFailed"]

    run_simulated(scenario())


def test_firmware_at_an_unsupported_location() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            await files.update(location="gopher://example.com/image.bin")
            await files.until("DownloadFailed")
            bench = files.powered_station
            firmware = Control(bench.station, bench.hardware).state().firmware
            assert firmware is not None
            assert (firmware.update, "gopher" in firmware.reason) == ("Rejected", True)
            assert bench.station.station is not None
            entry = bench.station.station.context.shared.get(SecurityLog).entries()[-1]
            assert (entry.type, entry.tech_info) == ("FirmwareUpdateRejected", firmware.reason)

    run_simulated(scenario())


def test_invalid_firmware() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            files.server.documents.put(FIRMWARE, b"nothing of use")
            await files.update()
            await files.until("InstallationFailed")
            assert files.statuses() == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
            await files.powered_station.status("Available")

    run_simulated(scenario())


def test_statuses_are_sent_on_request() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            for name in ("FirmwareStatusNotification", "DiagnosticsStatusNotification"):
                message = t.TriggerMessageRequestedMessage(name)
                await files.powered_station.csms.call(m.TriggerMessageRequest(requested_message=message))
            await files.until("Idle")
            idle = await files.powered_station.csms.expect(m.DiagnosticsStatusNotificationRequest)
            assert idle.status is t.DiagnosticsStatusNotificationStatus.Idle
            for kind in ("FirmwareStatusNotification", "LogStatusNotification"):
                await files.powered_station.csms.call(
                    m.ExtendedTriggerMessageRequest(requested_message=t.MessageTriggerEnumType(kind))
                )
            signed = await files.powered_station.csms.expect(m.SignedFirmwareStatusNotificationRequest)
            log = await files.powered_station.csms.expect(m.LogStatusNotificationRequest)
            assert (signed.status, signed.request_id, log.status, log.request_id) == ("Idle", UNSET, "Idle", UNSET)

    run_simulated(scenario())


async def update_signed(files: FileBench, maker: TestPki, signature: str | None = None) -> str:
    assert files.powered_station.station.station is not None
    root = certificate_to_pem(maker.root.certificate)
    files.powered_station.station.station.context.trust.install(MANUFACTURER_ROOT, root)
    signer = maker.firmware_signer("Manufacturer")
    firmware = t.FirmwareType(
        location=files.server.url(FIRMWARE),
        retrieve_date_time=utc_now(),
        signing_certificate=signer.chain,
        signature=signature or sign_firmware(files.image, key_from_pem(signer.key)),
    )
    request = m.SignedUpdateFirmwareRequest(request_id=7, firmware=firmware)
    return (await files.powered_station.csms.call(request)).status.value


@pytest.fixture(scope="module")
def maker() -> TestPki:
    return TestPki(datetime.now(UTC), organization="Manufacturer")


def test_signed_firmware(maker: TestPki) -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            assert await update_signed(files, maker) == "Accepted"
            await files.powered_station.csms.until(lambda: ("Installed", 7) in files.signed_statuses())
            assert files.signed_statuses() == [
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
            assert not files.statuses()

    run_simulated(scenario())


def test_firmware_with_a_wrong_signature(maker: TestPki) -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            assert await update_signed(files, maker, "bm90aGluZw==") == "Accepted"
            await files.powered_station.csms.until(lambda: "InvalidFirmwareSignature" in files.security_events())
            await files.powered_station.csms.until(lambda: ("InvalidSignature", 7) in files.signed_statuses())

    run_simulated(scenario())


def test_diagnostics() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            answer = await files.powered_station.csms.call(m.GetDiagnosticsRequest(location=files.server.url("/logs/")))
            statuses = files.powered_station.csms.all(m.DiagnosticsStatusNotificationRequest)
            await files.powered_station.csms.expect(m.DiagnosticsStatusNotificationRequest, 2)
            statuses = files.powered_station.csms.all(m.DiagnosticsStatusNotificationRequest)
            assert [each.status.value for each in statuses] == ["Uploading", "Uploaded"]
            assert f"/logs/{answer.file_name}" in files.server.documents.files

    run_simulated(scenario())


def test_logs_that_a_fault_makes_unavailable_are_not_sent() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            bench = files.powered_station
            bench.hardware.set_available(StoredData.LOGS, available=False)
            diagnostics = m.GetDiagnosticsRequest(location=files.server.url("/logs/"))
            assert (await bench.csms.call(diagnostics)).file_name is UNSET  # 5.9
            log = t.LogParametersType(remote_location=files.server.url("/logs/"))
            request = m.GetLogRequest(log=log, log_type=t.LogEnumType.SecurityLog, request_id=9)
            answer = await bench.csms.call(request)
            assert (answer.status, answer.filename) == (t.LogStatusEnumType.Rejected, UNSET)
            await asyncio.sleep(30)
            assert bench.csms.all(m.DiagnosticsStatusNotificationRequest) == []
            assert bench.csms.all(m.LogStatusNotificationRequest) == []
            bench.hardware.set_available(StoredData.LOGS, available=True)
            assert given((await bench.csms.call(diagnostics)).file_name)

    run_simulated(scenario())


def reasons_of_failed_uploads(files: FileBench) -> list[str]:
    """Collects the reasons that the station gives from now on."""
    assert files.powered_station.station.station is not None
    reasons: list[str] = []
    files.powered_station.station.station.context.lifecycle.log_upload_failed.add(reasons.append)
    return reasons


@pytest.mark.parametrize(
    ("location", "reason"), [("http://127.0.0.1:1/", "Connection refused"), ("mailto:somebody", "the scheme 'mailto'")]
)
def test_the_reason_why_a_log_is_not_uploaded_is_given(location: str, reason: str) -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            reasons = reasons_of_failed_uploads(files)
            await files.powered_station.csms.call(m.GetDiagnosticsRequest(location=location, retries=0))
            await files.powered_station.csms.until(lambda: len(reasons) == 1)
            log = t.LogParametersType(remote_location=location)
            request = m.GetLogRequest(log=log, log_type=t.LogEnumType.SecurityLog, request_id=9, retries=0)
            await files.powered_station.csms.call(request)
            await files.powered_station.csms.until(lambda: len(reasons) == 2)
            assert all(reason in each for each in reasons)

    run_simulated(scenario())


def test_an_update_without_a_signature_does_not_claim_that_one_was_verified() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            assert files.powered_station.station.station is not None
            statuses: list[str] = []
            lifecycle = files.powered_station.station.station.context.lifecycle
            lifecycle.firmware_status.add(lambda status, _: statuses.append(status))
            await files.update()
            await files.until("Installed")
            assert statuses == ["Downloading", "Downloaded", "Installing", "InstallRebooting"]

    run_simulated(scenario())


def test_a_failed_diagnostics_upload() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            await files.powered_station.csms.call(m.GetDiagnosticsRequest(location="http://127.0.0.1:1/", retries=0))
            await files.powered_station.csms.expect(m.DiagnosticsStatusNotificationRequest, 2)
            statuses = files.powered_station.csms.all(m.DiagnosticsStatusNotificationRequest)
            assert [each.status.value for each in statuses] == ["Uploading", "UploadFailed"]

    run_simulated(scenario())


def test_the_security_log() -> None:
    async def scenario() -> None:
        async with file_bench() as files:
            log = t.LogParametersType(remote_location=files.server.url("/logs/"))
            request = m.GetLogRequest(log=log, log_type=t.LogEnumType.SecurityLog, request_id=9)
            answer = await files.powered_station.csms.call(request)
            assert answer.status is t.LogStatusEnumType.Accepted
            await files.powered_station.csms.expect(m.LogStatusNotificationRequest, 2)
            statuses = files.powered_station.csms.all(m.LogStatusNotificationRequest)
            assert [(each.status.value, each.request_id) for each in statuses] == [("Uploading", 9), ("Uploaded", 9)]
            assert b"StartupOfTheDevice" in files.server.documents.files[f"/logs/{given(answer.filename)}"]

    run_simulated(scenario())
