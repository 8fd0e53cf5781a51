"""F06 Trigger Message, while a file is on its way that the lab's file server takes its time with."""

import msgspec

from plugfest.lab.case import case
from plugfest.lab.checks.triggered_message import trigger
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.f_remote_control.f06_trigger_message import trigger_message
from plugfest.lab.v201.memory.certificate_installed import manufacturer_root_installed
from plugfest.lab.v201.states import firmware_update, log_upload
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.transfer.server import FileBehaviour

LOG_PACE = 4096.0
"""Bytes a second that the file server takes: the log is still on its way when the CSMS asks."""

DOWNLOAD_TIME = 10.0
"""Seconds that the file server takes for the firmware."""


@case("TC_F_16_CS", requirements=("F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.14"))
async def log_status_notification_uploading(bench: Bench) -> None:
    upload = await log_upload.prepare_upload(bench.step(1), log_upload.DIAGNOSTICS)
    filename = await log_upload.request_upload(bench, upload)
    bench.files.documents.set_behaviour(f"{upload.folder}/{filename}", FileBehaviour(bytes_per_second=LOG_PACE))
    await log_upload.status_reported(bench.step(3), upload, "Uploading")
    await trigger(bench.step(5), trigger_message("LogStatusNotification"), m.LogStatusNotificationRequest)
    await log_upload.status_reported(bench.step(7), upload, "Uploading")
    bench.step("afterwards")  # the next case begins with nothing on its way
    await bench.expect_optional(
        m.LogStatusNotificationRequest, within=bench.settings.transfer_timeout, status="Uploaded"
    )


@case(
    "TC_F_19_CS",
    requirements=("F06.FR.04", "F06.FR.05", "F06.FR.10", "L01.FR.26"),
    before=manufacturer_root_installed,
)
async def firmware_status_notification_downloading(bench: Bench) -> None:
    image = bench.manufacturer.files.image
    offered = await firmware_update.prepare_update(
        bench.step(1), signed=image + b"?"
    )  # erratum 6.2.59: never installed
    firmware = msgspec.structs.replace(offered.firmware, install_date_time=UNSET)
    update = msgspec.structs.replace(offered, firmware=firmware)
    bench.files.documents.set_behaviour(update.path, FileBehaviour(bytes_per_second=len(image) / DOWNLOAD_TIME))
    await firmware_update.request_update(bench, update)
    await firmware_update.status_reported(bench.step(3), update, "Downloading")
    await trigger(bench.step(5), trigger_message("FirmwareStatusNotification"), m.FirmwareStatusNotificationRequest)
    await firmware_update.status_reported(bench.step(7), update, "Downloading")
    await _cleaned_up(bench.step(9))


async def _cleaned_up(bench: Bench) -> None:
    """Erratum 6.2.59: what comes of the bad signature is the business of TC_L_06; here it is only waited for."""
    within = bench.settings.transfer_timeout
    for status in ("Downloaded", "InvalidSignature"):
        await bench.expect_optional(m.FirmwareStatusNotificationRequest, within=within, status=status)
    await bench.expect_optional(
        m.SecurityEventNotificationRequest, within=bench.settings.function_timeout, type="InvalidFirmwareSignature"
    )
