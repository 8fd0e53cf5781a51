"""F06 Trigger Message during the transfer of a file, which the lab holds until the triggered message is there."""

import asyncio

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


@case("TC_F_16_CS", requirements=("F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.14"))
async def log_status_notification_uploading(bench: Bench) -> None:
    upload = await log_upload.prepare_upload(bench.step(1), log_upload.DIAGNOSTICS)
    proceed = asyncio.Event()
    bench.files.documents.set_behaviour(upload.folder, FileBehaviour(proceed=proceed))
    await log_upload.request_upload(bench, upload)
    await log_upload.status_reported(bench.step(3), upload, "Uploading")
    await trigger(bench.step(6), trigger_message("LogStatusNotification"), m.LogStatusNotificationRequest)
    await log_upload.status_reported(bench.step(7), upload, "Uploading")
    proceed.set()
    bench.step("afterwards")  # no transfer continues into the next case
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
    # Erratum 6.2.59: the signature is invalid, so the firmware is never installed.
    prepared = await firmware_update.prepare_update(bench.step(1), signed=image + b"?")
    firmware = msgspec.structs.replace(prepared.firmware, install_date_time=UNSET)
    update = msgspec.structs.replace(prepared, firmware=firmware)
    proceed = asyncio.Event()
    bench.files.documents.set_behaviour(update.path, FileBehaviour(proceed=proceed))
    await firmware_update.request_update(bench, update)
    await firmware_update.status_reported(bench.step(3), update, "Downloading")
    await trigger(bench.step(6), trigger_message("FirmwareStatusNotification"), m.FirmwareStatusNotificationRequest)
    await firmware_update.status_reported(bench.step(7), update, "Downloading")
    proceed.set()
    await _update_ended(bench.step(9), update)


async def _update_ended(bench: Bench, update: firmware_update.Update) -> None:
    """Erratum 6.2.59: wait for the messages about the invalid signature; TC_L_06 checks them."""
    within = bench.settings.transfer_timeout
    for status in ("Downloaded", "InvalidSignature"):
        reported = await bench.expect_optional(m.FirmwareStatusNotificationRequest, within=within, status=status)
        if reported is not None:
            firmware_update.take_repeated(bench, update, before=reported)
    await bench.expect_optional(
        m.SecurityEventNotificationRequest, within=bench.settings.function_timeout, type="InvalidFirmwareSignature"
    )
