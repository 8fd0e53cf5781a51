"""GetLog and LogStatusNotification (N01)."""

from functools import partial

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201.messages import GetLogRequest, GetLogResponse, LogStatusNotificationRequest
from plugfest.ocpp.v201.types import LogStatusEnumType, UploadLogStatusEnumType
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.blocks.n_diagnostics.archive import SUFFIXES, file_name, log_file
from plugfest.station.blocks.n_diagnostics.event_log_writer import EventLogWriter
from plugfest.station.blocks.n_diagnostics.rules import UploadStatus
from plugfest.station.blocks.n_diagnostics.uploader import Upload, Uploader
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import retries_of
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import TriggerableMessages


def register(context: Context) -> None:
    logs = Logs(context)
    context.handlers.add(GetLogRequest, logs.get_log)
    context.shared.get(TriggerableMessages).add("LogStatusNotification", logs.triggered, claim="C-29.3")


class Logs:
    """Handles GetLog, and reports the status of uploads."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._event_log = EventLogWriter(context)
        self._uploader = Uploader(context, self._report_status)

    async def get_log(self, request: GetLogRequest) -> GetLogResponse:
        kind = request.log_type.value
        oldest, latest = given(request.log.oldest_timestamp), given(request.log.latest_timestamp)
        upload = Upload(
            request_id=request.request_id,
            location=request.log.remote_location,
            name=file_name(self._context, kind, SUFFIXES[kind], request.request_id),
            data=log_file(self._context, self._event_log.log, kind, oldest, latest),
            retries=retries_of(given(request.retries), given(request.retry_interval)),
        )
        decision = await self._uploader.begin(upload)
        return GetLogResponse(
            status=LogStatusEnumType(decision.status.value),
            status_info=status_info(decision.reason, decision.detail) if decision.reason else UNSET,
            filename=UNSET if decision.reason else upload.name,  # N01.FR.01
        )

    def _report_status(self, status: UploadStatus, request_id: int) -> None:
        self._context.outbox.send(_notification(status, request_id))

    def triggered(self, place: Place) -> bool:
        """F06.FR.14, F06.FR.15"""
        upload = self._uploader.ongoing
        if upload is None:
            notification = _notification(UploadStatus.IDLE)  # N01.FR.13
        else:
            notification = _notification(UploadStatus.UPLOADING, upload.request_id)
        self._context.handlers.after_response(partial(self._context.send_solicited, notification))
        return True


def _notification(status: UploadStatus, request_id: int | UnsetType = UNSET) -> LogStatusNotificationRequest:
    return LogStatusNotificationRequest(
        status=UploadLogStatusEnumType(status.value), request_id=request_id
    )  # N01.FR.07
