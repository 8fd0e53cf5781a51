"""UpdateFirmware (5.19) and SignedUpdateFirmware (security whitepaper L01) of OCPP 1.6."""

from functools import partial
from typing import Final

from plugfest.ocpp.message import UNSET, Response, UnsetType, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus, Job, Update
from plugfest.station.blocks.l_firmware_management.rules import UpdateFirmwareStatus
from plugfest.station.blocks.l_firmware_management.updater import Updater
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import retries_of
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import TriggerableMessages

_NO_REQUEST: Final = 0
"""UpdateFirmware has no request id."""

_S = FirmwareStatus
_UNSIGNED = t.FirmwareStatusNotificationStatus

# The status of an unsigned update (7.25), and whether it is sent when the update gets there.
_STATUSES: Final = {
    _S.IDLE: (_UNSIGNED.Idle, False),
    _S.DOWNLOAD_SCHEDULED: (_UNSIGNED.Idle, False),
    _S.DOWNLOADING: (_UNSIGNED.Downloading, True),
    _S.DOWNLOAD_PAUSED: (_UNSIGNED.Downloading, False),
    _S.DOWNLOADED: (_UNSIGNED.Downloaded, True),
    _S.DOWNLOAD_FAILED: (_UNSIGNED.DownloadFailed, True),
    _S.SIGNATURE_VERIFIED: (_UNSIGNED.Downloaded, False),
    _S.INSTALL_SCHEDULED: (_UNSIGNED.Downloaded, False),
    _S.INSTALLING: (_UNSIGNED.Installing, True),
    _S.INSTALL_REBOOTING: (_UNSIGNED.Installing, False),
    _S.INSTALLED: (_UNSIGNED.Installed, True),
    _S.INSTALL_VERIFICATION_FAILED: (_UNSIGNED.InstallationFailed, True),
    _S.INSTALLATION_FAILED: (_UNSIGNED.InstallationFailed, True),
}

_IDLE: Final = frozenset({_S.IDLE, _S.INSTALLED})


def register(context: Context) -> None:
    updater = Updater(context, partial(_report_status, context))
    context.handlers.add(m.UpdateFirmwareRequest, partial(_update, context, updater))
    context.handlers.add(m.SignedUpdateFirmwareRequest, partial(_update_signed, updater))
    context.outbox.on_answer(m.FirmwareStatusNotificationRequest, partial(_answered, updater))
    context.outbox.on_answer(m.SignedFirmwareStatusNotificationRequest, partial(_answered_signed, updater))
    context.outbox.on_refusal(m.FirmwareStatusNotificationRequest, partial(_received, updater))
    context.outbox.on_refusal(m.SignedFirmwareStatusNotificationRequest, partial(_received_signed, updater))
    triggers = context.shared.get(TriggerableMessages)
    triggers.add("FirmwareStatusNotification", partial(_triggered, context, updater))
    triggers.add("SignedFirmwareStatusNotification", partial(_triggered_signed, context, updater))
    updater.start()


# Requests


async def _update(context: Context, updater: Updater, request: m.UpdateFirmwareRequest) -> m.UpdateFirmwareResponse:
    retries = retries_of(given(request.retries), given(request.retry_interval))
    decision = await updater.begin(
        Update(
            request_id=_NO_REQUEST,
            location=request.location,
            retrieve_at=request.retrieve_date,
            install_at=None,
            signing_certificate="",
            signature=None,
            retries=retries.number,
            retry_interval=retries.interval,
            signed=False,
        )
    )
    if decision.status is UpdateFirmwareStatus.REJECTED and updater.jobs.ongoing is None:
        # The answer has no status; the notification has.
        failed = m.FirmwareStatusNotificationRequest(status=_UNSIGNED.DownloadFailed)
        context.handlers.after_response(partial(context.outbox.send, failed))
    return m.UpdateFirmwareResponse()


async def _update_signed(updater: Updater, request: m.SignedUpdateFirmwareRequest) -> m.SignedUpdateFirmwareResponse:
    firmware, retries = request.firmware, retries_of(given(request.retries), given(request.retry_interval))
    decision = await updater.begin(
        Update(
            request_id=request.request_id,
            location=firmware.location,
            retrieve_at=firmware.retrieve_date_time,
            install_at=given(firmware.install_date_time),
            signing_certificate=firmware.signing_certificate,
            signature=firmware.signature,
            retries=retries.number,
            retry_interval=retries.interval,
        )
    )
    return m.SignedUpdateFirmwareResponse(status=t.UpdateFirmwareStatusEnumType(decision.status.value))


# Notifications


def _report_status(context: Context, job: Job) -> None:
    if job.update.signed:
        signed = _signed(job.status, job.update.request_id)  # L01.FR.01, L01.FR.10
        if signed not in context.outbox.unanswered(m.SignedFirmwareStatusNotificationRequest):
            context.outbox.send(signed)
        return
    status, is_sent = _STATUSES[job.status]
    unsigned = m.FirmwareStatusNotificationRequest(status=status)
    if is_sent and unsigned not in context.outbox.unanswered(m.FirmwareStatusNotificationRequest):
        context.outbox.send(unsigned)


def _signed(status: FirmwareStatus, request_id: int | UnsetType = UNSET) -> m.SignedFirmwareStatusNotificationRequest:
    return m.SignedFirmwareStatusNotificationRequest(
        status=t.FirmwareStatusEnumType(status.value), request_id=request_id
    )


def _answered(updater: Updater, request: m.FirmwareStatusNotificationRequest, response: Response | None) -> None:
    if response is not None:
        _received(updater, request)


def _received(updater: Updater, request: m.FirmwareStatusNotificationRequest) -> None:
    last = updater.jobs.last
    if last is None or last.update.signed:
        return
    if _STATUSES[last.status][0] is request.status:
        updater.jobs.mark_reported(last.update.request_id, last.status)


def _answered_signed(
    updater: Updater, request: m.SignedFirmwareStatusNotificationRequest, response: Response | None
) -> None:
    if response is not None:
        _received_signed(updater, request)


def _received_signed(updater: Updater, request: m.SignedFirmwareStatusNotificationRequest) -> None:
    request_id = given(request.request_id)
    if request_id is not None:
        updater.jobs.mark_reported(request_id, FirmwareStatus(request.status.value))


# Trigger messages


def _triggered(context: Context, updater: Updater, place: Place) -> bool:
    """4.5: Idle is sent on request only, by a station without an ongoing update (7.25), failed or not."""
    job = updater.jobs.ongoing
    status = _UNSIGNED.Idle if job is None or job.update.signed else _STATUSES[job.status][0]
    notification = m.FirmwareStatusNotificationRequest(status=status)
    context.handlers.after_response(partial(context.send_solicited, notification))
    return True


def _triggered_signed(context: Context, updater: Updater, place: Place) -> bool:
    """Security whitepaper 5.19"""
    last = updater.jobs.last
    if last is None or not last.update.signed or last.status in _IDLE:
        notification = _signed(FirmwareStatus.IDLE)
    else:
        notification = _signed(last.status, last.update.request_id)
    context.handlers.after_response(partial(context.send_solicited, notification))
    return True
