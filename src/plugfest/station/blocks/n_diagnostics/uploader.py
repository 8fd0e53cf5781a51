"""Uploads logs, one at a time."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from plugfest.hardware.ports import StoredData
from plugfest.station.blocks.n_diagnostics.rules import Decision, LogStatus, UploadStatus, decide_log_upload, status_of
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import Retries
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.transfer.errors import TransferFailed

_ACTIVITY: Final = "log upload"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A log to upload. `location`: the URL of a folder, where the file gets this name, or of the file."""

    request_id: int
    location: str
    name: str
    data: bytes
    retries: Retries


class Uploader:
    """The uploads of one power cycle. `report_status` sends the status of an upload to the CSMS."""

    def __init__(self, context: Context, report_status: Callable[[UploadStatus, int], None]) -> None:
        self._context = context
        self._report_status = report_status
        self._cancels = has_capability(context.product, Capability.CANCELS_LOG_UPLOADS)
        self._work: asyncio.Task[None] | None = None
        self._ongoing: Upload | None = None

    @property
    def ongoing(self) -> Upload | None:
        """The upload in progress."""
        return self._ongoing

    async def begin(self, upload: Upload) -> Decision:
        """Decide on a request. An accepted upload begins after the answer is sent."""
        decision = decide_log_upload(
            location_problem=self._context.files.url_problem(upload.location),
            available=self._context.hardware.is_available(StoredData.LOGS),
            ongoing=self._ongoing is not None,
            cancels=self._cancels,
        )
        if decision.status is LogStatus.ACCEPTED_CANCELED:
            await self._cancel()
        if decision.status is LogStatus.REJECTED:
            self._context.lifecycle.log_upload_failed.notify(decision.detail)
        else:
            self._ongoing = upload
            self._context.handlers.after_response(partial(self._start, upload))
        return decision

    async def _cancel(self) -> None:
        cancelled, work = self._ongoing, self._work
        assert cancelled is not None
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        self._context.handlers.after_response(
            partial(self._report_status, UploadStatus.ACCEPTED_CANCELED, cancelled.request_id)  # N01.FR.20
        )

    def _start(self, upload: Upload) -> None:
        if self._ongoing is upload:
            self._work = self._context.spawn(self._run(upload), _ACTIVITY)

    async def _run(self, upload: Upload) -> None:
        self._context.activity.begin(_ACTIVITY)
        self._report_status(UploadStatus.UPLOADING, upload.request_id)  # N01.FR.08
        try:
            await self._send(upload)
            status = UploadStatus.UPLOADED  # N01.FR.09
        except TransferFailed as error:
            self._context.lifecycle.log_upload_failed.notify(str(error))
            status = status_of(error.fault)
        finally:
            self._context.activity.end(_ACTIVITY)
            self._ongoing = None
        self._report_status(status, upload.request_id)

    async def _send(self, upload: Upload) -> None:
        """N01.FR.10: only the last failure is reported."""
        data = upload.data
        assert data is not None
        send = partial(self._context.files.send, upload.location, data, upload.name)
        await upload.retries.run(send, "log upload")
