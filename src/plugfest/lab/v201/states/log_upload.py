"""The upload of a log: GetLog, LogStatusNotification, and the file on the lab's file server."""

import msgspec

from plugfest.lab.checks.uploaded_log import check_log_uploaded
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import meets
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

DIAGNOSTICS = "DiagnosticsLog"
SECURITY = "SecurityLog"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A log upload. `folder`: where it has to arrive on the file server."""

    request_id: int
    folder: str
    request: m.GetLogRequest


async def prepare_upload(
    bench: Bench,
    log_type: str,
    *,
    protocol_index: int = 0,
    protocol: str | None = None,
    retries: int | UnsetType = UNSET,
    retry_interval: int | UnsetType = UNSET,
) -> Upload:
    """Make a folder on the file server, and the GetLogRequest that names it.

    `protocol_index`: which of the station's file transfer protocols is used if `protocol` is None.
    """
    request_id = bench.configuration.next_id()
    folder = f"/logs/{request_id}"
    bench.files.documents.make_folder(folder)
    location = await bench.files.url(f"{folder}/", protocol or bench.files.protocol(protocol_index))
    request = m.GetLogRequest(
        log=t.LogParametersType(remote_location=location),
        log_type=t.LogEnumType(log_type),
        request_id=request_id,
        retries=retries,
        retry_interval=retry_interval,
    )
    return Upload(request_id=request_id, folder=folder, request=request)


async def request_upload(bench: Bench, upload: Upload, status: str = "Accepted") -> str:
    """Send GetLog. Returns the file name that the station announces (N01.FR.01)."""
    bench.csms.inbox.set_mark()
    response = await bench.call(upload.request, status=status, filename=meets("the name of the log file", bool))
    return str(response.filename)


async def status_reported(
    bench: Bench, upload: Upload, status: object, *, within: float | None = None
) -> ReceivedRequest[m.LogStatusNotificationRequest]:
    """The station reports this status of the upload (N01.FR.07)."""
    return await bench.expect(
        m.LogStatusNotificationRequest, within=within, status=status, request_id=upload.request_id
    )


def status_notifications(bench: Bench, upload: Upload) -> list[ReceivedRequest[m.LogStatusNotificationRequest]]:
    """All status notifications of this upload so far."""
    every = bench.csms.inbox.of_type(m.LogStatusNotificationRequest)
    return [seen for seen in every if seen.message.request_id == upload.request_id]


async def uploaded(bench: Bench, upload: Upload, filename: str) -> None:
    """The station reports Uploaded (N01.FR.09), and a complete log of this name is on the server (N01.FR.02)."""
    await status_reported(bench, upload, "Uploaded", within=bench.settings.transfer_timeout)
    check_log_uploaded(bench, upload.folder, filename)
