"""GetDiagnostics (5.9) and GetLog (security whitepaper N01) of OCPP 1.6."""

from functools import partial
from typing import Final

from plugfest.hardware.ports import StoredData
from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.n_diagnostics.archive import SUFFIXES, diagnostics_file, file_name, log_file
from plugfest.station.blocks.n_diagnostics.event_log_writer import EventLogWriter
from plugfest.station.blocks.n_diagnostics.rules import LogStatus, UploadStatus
from plugfest.station.blocks.n_diagnostics.uploader import Upload, Uploader
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import retries_of
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import TriggerableMessages

_NO_REQUEST: Final = 0
"""GetDiagnostics has no request id."""

_DIAGNOSTICS: Final = t.DiagnosticsStatusNotificationStatus

# The statuses of 5.9; every other status is UploadFailed.
_DIAGNOSTICS_STATUSES: Final = {
    UploadStatus.IDLE: _DIAGNOSTICS.Idle,
    UploadStatus.UPLOADING: _DIAGNOSTICS.Uploading,
    UploadStatus.UPLOADED: _DIAGNOSTICS.Uploaded,
}

_LOG_STATUSES: Final = frozenset(status.value for status in t.UploadLogStatusEnumType)


def register(context: Context) -> None:
    event_log = EventLogWriter(context)
    diagnostics = Diagnostics(context, event_log)
    logs = Logs(context, event_log)
    context.handlers.add(m.GetDiagnosticsRequest, diagnostics.get_diagnostics)
    context.handlers.add(m.GetLogRequest, logs.get_log)
    triggers = context.shared.get(TriggerableMessages)
    triggers.add("DiagnosticsStatusNotification", diagnostics.triggered)
    triggers.add("LogStatusNotification", logs.triggered)


class Diagnostics:
    """GetDiagnostics of Edition 2."""

    def __init__(self, context: Context, event_log: EventLogWriter) -> None:
        self._context = context
        self._event_log = event_log
        self._uploader = Uploader(context, self._report_status)

    async def get_diagnostics(self, request: m.GetDiagnosticsRequest) -> m.GetDiagnosticsResponse:
        if not self._context.hardware.is_available(StoredData.LOGS):
            return m.GetDiagnosticsResponse()  # 5.9: no file name if no diagnostics are available
        events = self._event_log.log.entries(given(request.start_time), given(request.stop_time))
        upload = Upload(
            request_id=_NO_REQUEST,
            location=request.location,
            name=file_name(self._context, "diagnostics", "zip"),
            data=diagnostics_file(self._context, events),
            retries=retries_of(given(request.retries), given(request.retry_interval)),
        )
        decision = await self._uploader.begin(upload)
        if decision.status is LogStatus.REJECTED:
            # The answer has no status; the notification has.
            self._context.handlers.after_response(
                partial(self._report_status, UploadStatus.UPLOAD_FAILURE, _NO_REQUEST)
            )
        return m.GetDiagnosticsResponse(file_name=upload.name)

    def triggered(self, place: Place) -> bool:
        """4.4: Idle is sent on request only."""
        status = UploadStatus.IDLE if self._uploader.ongoing is None else UploadStatus.UPLOADING
        self._context.handlers.after_response(partial(self._context.send_solicited, _diagnostics_notification(status)))
        return True

    def _report_status(self, status: UploadStatus, _: int) -> None:
        if status is not UploadStatus.ACCEPTED_CANCELED:
            self._context.outbox.send(_diagnostics_notification(status))


class Logs:
    """GetLog of the security whitepaper."""

    def __init__(self, context: Context, event_log: EventLogWriter) -> None:
        self._context = context
        self._event_log = event_log
        self._uploader = Uploader(context, self._report_status)

    async def get_log(self, request: m.GetLogRequest) -> m.GetLogResponse:
        kind = request.log_type.value
        oldest, latest = given(request.log.oldest_timestamp), given(request.log.latest_timestamp)
        upload = Upload(
            request_id=request.request_id,
            location=request.log.remote_location,
            name=file_name(self._context, kind, SUFFIXES[kind]),
            data=log_file(self._context, self._event_log.log, kind, oldest, latest),
            retries=retries_of(given(request.retries), given(request.retry_interval)),
        )
        decision = await self._uploader.begin(upload)
        rejected = decision.status is LogStatus.REJECTED
        return m.GetLogResponse(
            status=t.LogStatusEnumType(decision.status.value), filename=UNSET if rejected else upload.name
        )

    def triggered(self, place: Place) -> bool:
        """N01.FR.13"""
        ongoing = self._uploader.ongoing
        notification = (
            _log_notification(UploadStatus.IDLE)
            if ongoing is None
            else _log_notification(UploadStatus.UPLOADING, ongoing.request_id)
        )
        self._context.handlers.after_response(partial(self._context.send_solicited, notification))
        return True

    def _report_status(self, status: UploadStatus, request_id: int) -> None:
        if status.value in _LOG_STATUSES:
            self._context.outbox.send(_log_notification(status, request_id))


def _diagnostics_notification(status: UploadStatus) -> m.DiagnosticsStatusNotificationRequest:
    return m.DiagnosticsStatusNotificationRequest(status=_DIAGNOSTICS_STATUSES.get(status, _DIAGNOSTICS.UploadFailed))


def _log_notification(status: UploadStatus, request_id: int | UnsetType = UNSET) -> m.LogStatusNotificationRequest:
    return m.LogStatusNotificationRequest(status=t.UploadLogStatusEnumType(status.value), request_id=request_id)
