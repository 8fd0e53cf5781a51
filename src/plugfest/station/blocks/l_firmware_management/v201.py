"""UpdateFirmware and FirmwareStatusNotification of OCPP 2.0.1 (L01).

PublishFirmware and UnpublishFirmware are for local controllers (L03, L04); a station does not support them.
"""

from functools import partial

from plugfest.ocpp.message import UNSET, Response, UnsetType, given
from plugfest.ocpp.v201.messages import (
    FirmwareStatusNotificationRequest,
    UpdateFirmwareRequest,
    UpdateFirmwareResponse,
)
from plugfest.ocpp.v201.types import FirmwareStatusEnumType, UpdateFirmwareStatusEnumType
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus, Job, Update
from plugfest.station.blocks.l_firmware_management.updater import Updater
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import retries_of
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import TriggerableMessages


def register(context: Context) -> None:
    updater = Updater(context, partial(_report_status, context))
    context.handlers.add(UpdateFirmwareRequest, partial(_update_firmware, updater))
    context.shared.get(TriggerableMessages).add(
        "FirmwareStatusNotification", partial(_triggered, context, updater), claim="C-29.4"
    )
    context.outbox.on_answer(FirmwareStatusNotificationRequest, partial(_answered, updater))
    context.outbox.on_refusal(FirmwareStatusNotificationRequest, partial(_received, updater))
    if context.device_model.has("ChargingStation", "AllowNewSessionsPendingFirmwareUpdate"):
        context.device_model.watch(
            "ChargingStation", "AllowNewSessionsPendingFirmwareUpdate", lambda *_: updater.new_sessions_allowed()
        )
    updater.start()


async def _update_firmware(updater: Updater, request: UpdateFirmwareRequest) -> UpdateFirmwareResponse:
    firmware, retries = request.firmware, retries_of(given(request.retries), given(request.retry_interval))
    decision = await updater.begin(
        Update(
            request_id=request.request_id,
            location=firmware.location,
            retrieve_at=firmware.retrieve_date_time,
            install_at=given(firmware.install_date_time),
            signing_certificate=given(firmware.signing_certificate) or "",
            signature=given(firmware.signature),
            retries=retries.number,
            retry_interval=retries.interval,
        )
    )
    return UpdateFirmwareResponse(
        status=UpdateFirmwareStatusEnumType(decision.status.value),
        status_info=status_info(decision.reason, decision.detail) if decision.reason else UNSET,
    )


def _report_status(context: Context, job: Job) -> None:
    notification = _notification(job.status, job.update.request_id)  # L01.FR.10, L01.FR.20
    if notification not in context.outbox.unanswered(FirmwareStatusNotificationRequest):
        context.outbox.send(notification)


def _notification(status: FirmwareStatus, request_id: int | UnsetType = UNSET) -> FirmwareStatusNotificationRequest:
    return FirmwareStatusNotificationRequest(status=FirmwareStatusEnumType(status.value), request_id=request_id)


def _answered(updater: Updater, request: FirmwareStatusNotificationRequest, response: Response | None) -> None:
    if response is not None:
        _received(updater, request)


def _received(updater: Updater, request: FirmwareStatusNotificationRequest) -> None:
    request_id = given(request.request_id)
    if request_id is not None:
        updater.jobs.mark_reported(request_id, FirmwareStatus(request.status.value))


def _triggered(context: Context, updater: Updater, place: Place) -> bool:
    """L01.FR.25, L01.FR.26"""
    last = updater.jobs.last
    if last is None or last.status in (FirmwareStatus.INSTALLED, FirmwareStatus.IDLE):
        notification = _notification(FirmwareStatus.IDLE)
    else:
        notification = _notification(last.status, last.update.request_id)
    context.handlers.after_response(partial(context.send_solicited, notification))
    return True
