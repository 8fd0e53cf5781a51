"""The upload of a log: asked for with GetLog, told of with LogStatusNotification, and there on the file server."""

import msgspec

from plugfest.lab.checks.uploaded_log import check_log_there
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import meets
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

DIAGNOSTICS = "DiagnosticsLog"
SECURITY = "SecurityLog"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A log that the station was asked for. `folder` is where it has to go on the shelf."""

    request_id: int
    folder: str
    request: m.GetLogRequest


async def prepare_upload(
    bench: Bench,
    log_type: str,
    *,
    turn: int = 0,
    protocol: str | None = None,
    retries: int | UnsetType = UNSET,
    retry_interval: int | UnsetType = UNSET,
) -> Upload:
    """Make a folder for a log, which the station will be asked for.

    `turn` is which of the station's protocols is used, if `protocol` does not say.
    """
    request_id = bench.configuration.next_request_id()
    folder = f"/logs/{request_id}"
    bench.files.documents.make_folder(folder)
    location = await bench.files.url(f"{folder}/", protocol or bench.files.protocol(turn))
    request = m.GetLogRequest(
        log=t.LogParametersType(remote_location=location),
        log_type=t.LogEnumType(log_type),
        request_id=request_id,
        retries=retries,
        retry_interval=retry_interval,
    )
    return Upload(request_id=request_id, folder=folder, request=request)


async def request_upload(bench: Bench, upload: Upload, status: str = "Accepted") -> str:
    """GetLog. Returns the name of the file that the station announces (N01.FR.01)."""
    bench.csms.inbox.set_mark()
    named = meets("the name of the log file", bool)
    response = await bench.call(upload.request, status=status, filename=named)
    return str(response.filename)


async def status_reported(
    bench: Bench, upload: Upload, status: object, *, within: float | None = None
) -> ReceivedRequest[m.LogStatusNotificationRequest]:
    """The station tells how far this upload is (N01.FR.07)."""
    return await bench.expect(
        m.LogStatusNotificationRequest, within=within, status=status, request_id=upload.request_id
    )


def status_notifications(bench: Bench, upload: Upload) -> list[ReceivedRequest[m.LogStatusNotificationRequest]]:
    """All that the station has told of this upload."""
    every = bench.csms.inbox.of(m.LogStatusNotificationRequest)
    return [seen for seen in every if seen.message.request_id == upload.request_id]


async def uploaded(bench: Bench, upload: Upload, filename: str) -> None:
    """The station tells that the log is on the server (N01.FR.09), and one whole log of that name is (N01.FR.02)."""
    await status_reported(bench, upload, "Uploaded", within=bench.settings.transfer_timeout)
    check_log_there(bench, upload.folder, filename)
