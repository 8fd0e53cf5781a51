"""Block L: verification, download and installation of firmware, and its status notifications."""

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
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.blocks.l_firmware_management.updater import NewSessionGate, Updater
from plugfest.station.connection.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.station.files.firmware_image import Manifest

CAN_CANCEL = "alpitronic-hyc-200-eu"
CANNOT_CANCEL = "btc-power-gen4-l3a"
DOWNLOADS_AFTER_TRANSACTIONS = "reference-ac-fixed"
INSTALLS_AFTER_TRANSACTIONS = "reference-dc"
ACTIVATES_WITHOUT_REBOOT = "reference-ac"


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


def _with_gate(closed: bool) -> Any:
    def make(original: Function) -> Function:
        async def until_no_transaction(self: Any) -> None:
            while self._transaction_ongoing:
                (self._gate.close if closed else self._gate.open)()
                self._changed.clear()
                await self._changed.wait()

        return until_no_transaction

    return make


def _with_boot_reason(reason: BootReason) -> Any:
    return lambda original: lambda self, _: original(self, reason)


def _without_reconnect(original: Function) -> Function:
    async def take_over(self: Any, manifest: Any) -> None:
        self._activate(manifest)
        self._set_status(FirmwareStatus.INSTALLED)

    return take_over


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts any firmware signature",
        "L01.FR.04",
        "TC_L_06",
        Patch(block, "is_genuine", always(True)),
    ),
    wrong_v201("rejects every firmware signature", "L01.FR.04", "TC_L_01", Patch(block, "is_genuine", always(False))),
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
        "downloads firmware during a transaction",
        "L01.FR.13",
        "TC_L_12 TC_L_13",
        Patch(Updater, "_wait_for_transactions", later(None)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "installs firmware during a transaction",
        "L01.FR.06",
        "TC_L_14 TC_L_15",
        Patch(Updater, "_wait_for_transactions", later(None)),
        product=INSTALLS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "refuses new sessions while an update waits although they are allowed",
        "L01.FR.07",
        "TC_L_12",
        Patch(Updater, "_wait_for_transactions", _with_gate(closed=True)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "allows new sessions while an update waits although they are not allowed",
        "L01.FR.07",
        "TC_L_13",
        Patch(Updater, "_wait_for_transactions", _with_gate(closed=False)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "reports boot reason PowerUp after a firmware update",
        "B01.FR.09",
        "TC_L_01",
        Patch(Context, "request_reboot", _with_boot_reason(BootReason.POWER_UP)),
    ),
    wrong_v201(
        "does not reconnect after an update without a reboot",
        "L01.FR.28",
        "TC_L_16",
        Patch(Updater, "_activate_without_reboot", _without_reconnect),
        product=ACTIVATES_WITHOUT_REBOOT,
    ),
)
