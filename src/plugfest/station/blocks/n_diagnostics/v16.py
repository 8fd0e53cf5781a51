"""GetDiagnostics (5.9) and GetLog (security whitepaper N01) of OCPP 1.6, and how far they are."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.n_diagnostics.archive import diagnostics_file, security_file
from plugfest.station.blocks.n_diagnostics.recorder import Recorder
from plugfest.station.blocks.n_diagnostics.rules import LogAnswer, UploadStatus
from plugfest.station.blocks.n_diagnostics.uploader import Upload, Uploader
from plugfest.station.connection.solicited import send_solicited
from plugfest.station.context import Context
from plugfest.station.files.retries import Retries, retries_of
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import Triggers
from plugfest.station.storage.log import SecurityLog

_NO_REQUEST: Final = 0
"""GetDiagnostics has no number."""

_DIAGNOSTICS: Final = t.DiagnosticsStatusNotificationStatus

# What 5.9 has words for; whatever else goes wrong is a failure.
_DIAGNOSTICS_STATUSES: Final = {
    UploadStatus.IDLE: _DIAGNOSTICS.Idle,
    UploadStatus.UPLOADING: _DIAGNOSTICS.Uploading,
    UploadStatus.UPLOADED: _DIAGNOSTICS.Uploaded,
}

_LOG_STATUSES: Final = frozenset(status.value for status in t.UploadLogStatusEnumType)


def register(context: Context) -> None:
    recorder = Recorder(context)
    diagnostics = Diagnostics(context, recorder)
    logs = Logs(context, recorder)
    context.handlers.add(m.GetDiagnosticsRequest, diagnostics.get)
    context.handlers.add(m.GetLogRequest, logs.get)
    triggers = context.machines.get(Triggers)
    triggers.add("DiagnosticsStatusNotification", diagnostics.triggered)
    triggers.add("LogStatusNotification", logs.triggered)


class Diagnostics:
    """Edition 2's way."""

    def __init__(self, context: Context, recorder: Recorder) -> None:
        self._context = context
        self._recorder = recorder
        self._uploader = Uploader(context, self._tell)

    async def get(self, request: m.GetDiagnosticsRequest) -> m.GetDiagnosticsResponse:
        events = self._recorder.log.entries(given(request.start_time), given(request.stop_time))
        upload = _upload(
            request_id=_NO_REQUEST,
            location=request.location,
            name=_name(self._context, "diagnostics", "zip"),
            data=diagnostics_file(self._context, events),
            retries=retries_of(given(request.retries), given(request.retry_interval)),
        )
        verdict = await self._uploader.begin(upload)
        if verdict.answer is LogAnswer.REJECTED:
            # The answer has no word for it, but the notification has.
            self._context.handlers.afterwards(partial(self._tell, UploadStatus.UPLOAD_FAILURE, _NO_REQUEST))
        return m.GetDiagnosticsResponse(file_name=upload.name)

    def triggered(self, place: Place) -> bool:
        """4.4: Idle is told on request only."""
        status = UploadStatus.IDLE if self._uploader.ongoing is None else UploadStatus.UPLOADING
        self._context.handlers.afterwards(partial(send_solicited, self._context, _diagnostics(status)))
        return True

    def _tell(self, status: UploadStatus, _: int) -> None:
        if status is not UploadStatus.ACCEPTED_CANCELED:
            self._context.outbox.send(_diagnostics(status))


class Logs:
    """The security whitepaper's way."""

    def __init__(self, context: Context, recorder: Recorder) -> None:
        self._context = context
        self._content: dict[t.LogEnumType, Callable[[m.GetLogRequest], bytes | None]] = {
            t.LogEnumType.DiagnosticsLog: partial(_diagnostics_log, context, recorder),
            t.LogEnumType.SecurityLog: partial(_security_log, context),
        }
        self._uploader = Uploader(context, self._tell)

    async def get(self, request: m.GetLogRequest) -> m.GetLogResponse:
        upload = _upload(
            request_id=request.request_id,
            location=request.log.remote_location,
            name=_name(self._context, request.log_type.value, _SUFFIXES[request.log_type]),
            data=self._content[request.log_type](request),
            retries=retries_of(given(request.retries), given(request.retry_interval)),
        )
        verdict = await self._uploader.begin(upload)
        rejected = verdict.answer is LogAnswer.REJECTED
        return m.GetLogResponse(
            status=t.LogStatusEnumType(verdict.answer.value), filename=UNSET if rejected else upload.name
        )

    def triggered(self, place: Place) -> bool:
        """N01.FR.13"""
        ongoing = self._uploader.ongoing
        notification = _log(UploadStatus.IDLE) if ongoing is None else _log(UploadStatus.UPLOADING, ongoing.request_id)
        self._context.handlers.afterwards(partial(send_solicited, self._context, notification))
        return True

    def _tell(self, status: UploadStatus, request_id: int) -> None:
        if status.value in _LOG_STATUSES:
            self._context.outbox.send(_log(status, request_id))


_SUFFIXES: Final = {t.LogEnumType.DiagnosticsLog: "zip", t.LogEnumType.SecurityLog: "csv"}


def _upload(*, request_id: int, location: str, name: str, data: bytes | None, retries: Retries) -> Upload:
    return Upload(
        request_id=request_id,
        location=location,
        name=name,
        data=data,
        retries=retries.number,
        retry_interval=retries.interval,
    )


def _name(context: Context, kind: str, suffix: str) -> str:
    serial_number = re.sub(r"\W", "-", context.device_model.text("ChargingStation", "SerialNumber"))
    return f"{serial_number}-{kind}-{context.now():%Y%m%dT%H%M%SZ}.{suffix}"


def _diagnostics_log(context: Context, recorder: Recorder, request: m.GetLogRequest) -> bytes:
    oldest, latest = given(request.log.oldest_timestamp), given(request.log.latest_timestamp)
    return diagnostics_file(context, recorder.log.entries(oldest, latest))


def _security_log(context: Context, request: m.GetLogRequest) -> bytes | None:
    oldest, latest = given(request.log.oldest_timestamp), given(request.log.latest_timestamp)
    entries = context.machines.get(SecurityLog).entries(oldest, latest)
    return security_file(entries) if entries else None


def _diagnostics(status: UploadStatus) -> m.DiagnosticsStatusNotificationRequest:
    return m.DiagnosticsStatusNotificationRequest(status=_DIAGNOSTICS_STATUSES.get(status, _DIAGNOSTICS.UploadFailed))


def _log(status: UploadStatus, request_id: int | UnsetType = UNSET) -> m.LogStatusNotificationRequest:
    return m.LogStatusNotificationRequest(status=t.UploadLogStatusEnumType(status.value), request_id=request_id)
