"""OCPP 1.6 security: signed firmware and security logs."""

import asyncio
from typing import Any

from plugfest.link.peer import Answer
from plugfest.ocpp.v16 import messages as m
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    awaited,
    later,
    no_request,
    other_request,
    with_file,
    without_event,
    without_firmware_status,
    without_log_status,
)
from plugfest.station.blocks.l_firmware_management import updater as update_block
from plugfest.station.blocks.l_firmware_management import v16 as firmware_block
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.blocks.l_firmware_management.updater import Updater
from plugfest.station.blocks.n_diagnostics import v16 as logs_block
from plugfest.station.blocks.n_diagnostics.rules import UploadStatus
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.handlers import Handlers
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.station.files.firmware_image import read_manifest


def _installed_after_invalid_signature(original: Function) -> Function:
    """Reports an invalid signature and boots with the new firmware."""

    async def verify(self: Any, job: Any) -> None:
        image = self._image
        await original(self, job)
        if self.jobs.last.status is FirmwareStatus.INVALID_SIGNATURE:
            self._activate(read_manifest(image))
            self._context.request_reboot(BootReason.FIRMWARE_UPDATE)

    return verify


def _begins_before_answer(original: Function) -> Function:
    """Begins an upload and answers the request for it a second later."""

    async def answer(self: Any, request: Any) -> Any:
        result = await awaited(original(self, request))
        if not isinstance(request, m.GetDiagnosticsRequest | m.GetLogRequest) or not isinstance(result, Answer):
            return result
        assert result.then is not None
        result.then()
        await asyncio.sleep(1)
        return result.response

    return answer


BEHAVIOURS: tuple[Behaviour, ...] = (
    # Uploads
    wrong_v16(
        "reports the progress of an upload before it answers the request",
        "4.4",
        "TC_045_1 TC_045_2 TC_079",
        Patch(Handlers, "answer", _begins_before_answer),
    ),
    # N01
    wrong_v16("does not upload the security log", "N01.FR.02", "TC_079", Patch(FileTransfer, "send", later(None))),
    wrong_v16(
        "uploads an empty security log",
        "N01.FR.03",
        "TC_079",
        Patch(FileTransfer, "send", with_file(lambda data, name: (b"", name))),
    ),
    wrong_v16(
        "uploads the security log under another file name than reported",
        "N01.FR.01",
        "TC_079",
        Patch(FileTransfer, "send", with_file(lambda data, name: (data, f"x{name}"))),
    ),
    wrong_v16(
        "does not report Uploading", "N01.FR.08", "TC_079", without_log_status(logs_block.Logs, UploadStatus.UPLOADING)
    ),
    wrong_v16(
        "does not report Uploaded", "N01.FR.09", "TC_079", without_log_status(logs_block.Logs, UploadStatus.UPLOADED)
    ),
    wrong_v16(
        "reports the log status with another requestId",
        "N01.FR.07",
        "TC_079",
        Patch(logs_block, "_log_notification", other_request),
    ),
    wrong_v16(
        "reports the log status without a requestId",
        "N01.FR.12",
        "TC_079",
        Patch(logs_block, "_log_notification", no_request),
    ),
    # L01
    wrong_v16(
        "accepts any firmware signature",
        "L01.FR.04",
        "TC_081",
        Patch(update_block, "signature_problem", always(None)),
    ),
    wrong_v16(
        "rejects every firmware signature",
        "L01.FR.04",
        "TC_080",
        Patch(update_block, "signature_problem", always("the signature is wrong")),
    ),
    wrong_v16(
        "rejects every firmware signing certificate",
        "L01.FR.23",
        "TC_080 TC_081",
        Patch(update_block, "certificate_problem", always("invalid")),
    ),
    wrong_v16(
        "reports InvalidSignature and installs the firmware",
        "L01.FR.09",
        "TC_081",
        Patch(Updater, "_verify", _installed_after_invalid_signature),
    ),
    wrong_v16(
        "does not report an invalid firmware signature",
        "L01.FR.03",
        "TC_081",
        without_event("InvalidFirmwareSignature"),
    ),
    wrong_v16(
        "does not report the security event FirmwareUpdated", "A04.FR.01", "TC_080", without_event("FirmwareUpdated")
    ),
    wrong_v16(
        "reports the firmware status with another requestId",
        "L01.FR.10",
        "TC_080 TC_081",
        Patch(firmware_block, "_signed", other_request),
    ),
    wrong_v16(
        "reports the firmware status without a requestId",
        "L01.FR.21",
        "TC_080 TC_081",
        Patch(firmware_block, "_signed", no_request),
    ),
    wrong_v16("does not activate the new firmware", "L01.FR.05", "TC_080", Patch(Updater, "_activate", NOTHING)),
    wrong_v16(
        "does not report Downloading",
        "L01.FR.01",
        "TC_080 TC_081",
        without_firmware_status(firmware_block, FirmwareStatus.DOWNLOADING),
    ),
    wrong_v16(
        "does not report Downloaded",
        "L01.FR.01",
        "TC_080 TC_081",
        without_firmware_status(firmware_block, FirmwareStatus.DOWNLOADED),
    ),
    wrong_v16(
        "does not report SignatureVerified",
        "L01.FR.01",
        "TC_080",
        without_firmware_status(firmware_block, FirmwareStatus.SIGNATURE_VERIFIED),
    ),
    wrong_v16(
        "does not report InvalidSignature",
        "L01.FR.03",
        "TC_081",
        without_firmware_status(firmware_block, FirmwareStatus.INVALID_SIGNATURE),
    ),
    wrong_v16(
        "does not report Installed",
        "L01.FR.01",
        "TC_080",
        without_firmware_status(firmware_block, FirmwareStatus.INSTALLED),
    ),
)
