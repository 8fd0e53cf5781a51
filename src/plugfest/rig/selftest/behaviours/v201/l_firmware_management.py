"""Block L: verification, download and installation of firmware, and its status notifications."""

import asyncio
from datetime import timedelta
from typing import Any

from plugfest.lab.verdict import Level
from plugfest.products import load_product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    later,
    no_request,
    other_request,
    without_event,
    without_firmware_status,
)
from plugfest.rig.virtual import firmware_files
from plugfest.station.blocks.l_firmware_management import updater as block
from plugfest.station.blocks.l_firmware_management import v201
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus, Job
from plugfest.station.blocks.l_firmware_management.updater import NewSessionGate, Updater
from plugfest.station.connection.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.station.files.firmware_image import Manifest

CAN_CANCEL = "alpitronic-hyc-200-eu"
CANNOT_CANCEL = "btc-power-gen4-l3a"


def _any_date(original: Function) -> Function:
    return lambda pem, roots, now: original(pem, roots, now - timedelta(days=7 * 365))


def _any_issuer(original: Function) -> Function:
    def certificate_problem(pem: str, roots: Any, now: Any) -> str | None:
        found = original(pem, roots, now)
        return str(found) if found and "expired" in found else None

    return certificate_problem


def _without_download(original: Function) -> Function:
    """Returns valid firmware without a download."""

    async def fetch(self: Any, url: str, *, max_size: int) -> bytes:
        return firmware_files(load_product(CAN_CANCEL)).image

    return fetch


def _without_reading(original: Function) -> Function:
    return lambda image: Manifest(vendor="Alpitronic", model=load_product(CAN_CANCEL).model, version="x", sha256="")


def _cancels(cancels: bool) -> Any:
    def make(original: Function) -> Function:
        return lambda certificate, location, ongoing, capabilities: original(
            certificate, location, ongoing, capabilities._replace(cancels=cancels)
        )

    return make


def _reports_cancel_only(original: Function) -> Function:
    async def cancel(self: Any) -> None:
        self._work = None
        self._finish()

    return cancel


def _with_boot_reason(reason: BootReason) -> Any:
    return lambda original: lambda self, _: original(self, reason)


def _reports_download_early(original: Function) -> Function:
    async def await_download(self: Any, job: Any) -> None:
        self._set_status(FirmwareStatus.DOWNLOADING)

    return await_download


def _fetches_when_due(original: Function) -> Function:
    async def fetch(self: Any, update: Any) -> bytes:
        await self._wait_until(update.retrieve_at)
        image: bytes = await original(self, update)
        return image

    return fetch


def _continues_after_invalid_signature(original: Function) -> Function:
    async def verify(self: Any, job: Any) -> None:
        invalid = Job(job.update, FirmwareStatus.INVALID_SIGNATURE)
        self._report_status(invalid)
        self._context.security_event("InvalidFirmwareSignature", "")
        await asyncio.sleep(3)
        self._set_status(FirmwareStatus.SIGNATURE_VERIFIED)

    return verify


def _fails_at_each_attempt(original: Function) -> Function:
    async def fetch(self: Any, update: Any) -> bytes:
        self._report_status(Job(update, FirmwareStatus.DOWNLOAD_FAILED))
        await asyncio.sleep(1)
        self._report_status(Job(update, FirmwareStatus.DOWNLOADING))
        image: bytes = await original(self, update)
        return image

    return fetch


def _pauses_after_download(original: Function) -> Function:
    async def verify(self: Any, job: Any) -> None:
        self._report_status(Job(job.update, FirmwareStatus.DOWNLOAD_PAUSED))
        await original(self, job)

    return verify


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts any firmware signature",
        "L01.FR.04",
        "TC_L_06",
        Patch(block, "signature_problem", always(None)),
    ),
    wrong_v201(
        "rejects every firmware signature",
        "L01.FR.04",
        "TC_L_01",
        Patch(block, "signature_problem", always("the signature is wrong")),
    ),
    wrong_v201(
        "accepts any firmware signing certificate",
        "L01.FR.21",
        "TC_L_05 TC_L_18",
        Patch(block, "certificate_problem", NOTHING),
    ),
    wrong_v201(
        "accepts an expired firmware signing certificate",
        "L01.FR.12",
        "TC_L_05",
        Patch(block, "certificate_problem", _any_date),
    ),
    wrong_v201(
        "accepts a firmware signing certificate from an unknown issuer",
        "L01.FR.12",
        "TC_L_05",
        Patch(block, "certificate_problem", _any_issuer),
    ),
    wrong_v201(
        "does not report an invalid firmware signing certificate",
        "L01.FR.02",
        "TC_L_05",
        without_event("InvalidFirmwareSigningCertificate"),
    ),
    wrong_v201(
        "does not report an invalid firmware signature",
        "L01.FR.03",
        "TC_L_06",
        without_event("InvalidFirmwareSignature"),
    ),
    wrong_v201(
        "does not report the security event FirmwareUpdated", "L01.FR.31", "TC_L_01", without_event("FirmwareUpdated")
    ),
    wrong_v201(
        "reports the firmware status with another requestId",
        "L01.FR.10",
        "TC_L_01 TC_L_03 TC_L_07",
        Patch(v201, "_notification", other_request),
    ),
    wrong_v201(
        "reports the firmware status without a requestId",
        "L01.FR.20",
        "TC_L_01 TC_L_03 TC_L_07",
        Patch(v201, "_notification", no_request),
    ),
    wrong_v201(
        "does not download the firmware",
        "L01.FR.01",
        "TC_L_01",
        Patch(FileTransfer, "fetch", _without_download),
        product=CAN_CANCEL,
    ),
    wrong_v201("does not activate the new firmware", "L01.FR.28", "TC_L_01", Patch(Updater, "_activate", NOTHING)),
    wrong_v201(
        "installs firmware without verifying it",
        "L01.FR.29",
        "TC_L_08",
        Patch(block, "read_manifest", _without_reading),
        product=CAN_CANCEL,
    ),
    wrong_v201(
        "does not wait for the scheduled time of an update",
        "L01.FR.13, L01.FR.16",
        "TC_L_02 TC_L_03",
        Patch(Updater, "_wait_until", later(None)),
    ),
    wrong_v201(
        "does not report DownloadScheduled",
        "L01.FR.13",
        "TC_L_03",
        without_firmware_status(v201, FirmwareStatus.DOWNLOAD_SCHEDULED),
    ),
    wrong_v201(
        "does not report InstallScheduled",
        "L01.FR.16",
        "TC_L_02",
        without_firmware_status(v201, FirmwareStatus.INSTALL_SCHEDULED),
    ),
    wrong_v201(
        "does not report Downloading",
        "L01.FR.01",
        "TC_L_01 TC_L_02",
        without_firmware_status(v201, FirmwareStatus.DOWNLOADING),
    ),
    wrong_v201(
        "does not report Downloaded",
        "L01.FR.01",
        "TC_L_01 TC_L_02",
        without_firmware_status(v201, FirmwareStatus.DOWNLOADED),
    ),
    wrong_v201(
        "does not report SignatureVerified",
        "L01.FR.01",
        "TC_L_01 TC_L_02",
        without_firmware_status(v201, FirmwareStatus.SIGNATURE_VERIFIED),
    ),
    wrong_v201(
        "does not report Installed",
        "L01.FR.28",
        "TC_L_01 TC_L_02",
        without_firmware_status(v201, FirmwareStatus.INSTALLED),
    ),
    wrong_v201(
        "does not report DownloadFailed",
        "L01.FR.30",
        "TC_L_07",
        without_firmware_status(v201, FirmwareStatus.DOWNLOAD_FAILED),
    ),
    wrong_v201(
        "does not cancel a firmware update",
        "L01.FR.24",
        "TC_L_10",
        Patch(block, "decide", _cancels(False)),
        product=CAN_CANCEL,
    ),
    wrong_v201(
        "answers AcceptedCanceled and continues the firmware update",
        "L01.FR.24",
        "TC_L_10",
        Patch(Updater, "_cancel", _reports_cancel_only),
        product=CAN_CANCEL,
    ),
    wrong_v201(
        "cancels a firmware update although it does not support that",
        "L01.FR.27",
        "TC_L_11",
        Patch(block, "decide", _cancels(True)),
        product=CANNOT_CANCEL,
    ),
    wrong_v201(
        "stays out of service after a failed firmware update",
        "Part 6, TC_L_08_CS",
        "TC_L_08",
        Patch(NewSessionGate, "open", NOTHING),
        product=CAN_CANCEL,
        level=Level.SHOULD,
    ),
    wrong_v201(
        "reports boot reason PowerUp after a firmware update",
        "B01.FR.09",
        "TC_L_01",
        Patch(Context, "request_reboot", _with_boot_reason(BootReason.POWER_UP)),
    ),
    wrong_v201(
        "reports Downloading before the scheduled time",
        "L01.FR.01",
        "TC_L_03",
        Patch(Updater, "_await_download", _reports_download_early),
        Patch(Updater, "_fetch", _fetches_when_due),
    ),
    wrong_v201(
        "reports DownloadPaused after Downloaded",
        "L01.FR.14",
        "TC_L_01 TC_L_06",
        Patch(Updater, "_verify", _pauses_after_download),
    ),
    wrong_v201(
        "continues the update after InvalidSignature",
        "L01.FR.12",
        "TC_L_06",
        Patch(Updater, "_verify", _continues_after_invalid_signature),
    ),
    wrong_v201(
        "reports DownloadFailed before the last attempt",
        "L01.FR.30",
        "TC_L_01",
        Patch(Updater, "_fetch", _fails_at_each_attempt),
        level=Level.SHOULD,
    ),
)
