"""Wrong in block N: what becomes of logs, and of what is known about customers."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

from plugfest.lab.verdict import Level
from plugfest.ocpp.message import UNSET
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, except_when, later, later_with_fields
from plugfest.rig.selftest.behaviours.omitted_messages import no_request, other_request
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.n_diagnostics import uploader as block
from plugfest.station.blocks.n_diagnostics.rules import CustomerInformationStatus, UploadStatus
from plugfest.station.blocks.n_diagnostics.uploader import Uploader
from plugfest.station.blocks.n_diagnostics.v201 import customers, logs
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.transfer.errors import TransferFailed, TransferFault

REFERENCE = "reference-ac"


def sends(change: Any) -> Any:
    """Another file; `change` gives data and name."""

    def make(right: Function) -> Function:
        async def send(self: Any, url: str, data: bytes, name: str) -> None:
            await right(self, url, *change(data, name))

        return send

    return make


def _twice(right: Function) -> Function:
    async def send(self: Any, url: str, data: bytes, name: str) -> None:
        await right(self, url, data, name)
        await right(self, url, data, f"2{name}")

    return send


def _fails(right: Function) -> Function:
    async def send(self: Any, url: str, data: bytes, name: str) -> None:
        raise TransferFailed(TransferFault.FAILED, "it fails")

    return send


def _untold(status: UploadStatus) -> Patch:
    return Patch(logs.Logs, "_tell", except_when(lambda self, told, request_id: told is status))


def _once(right: Function) -> Function:
    async def send(self: Any, upload: Any) -> None:
        await self._context.files.send(upload.location, upload.data, upload.name)

    return send


def _every(interval: Any, tell: Any = lambda self, upload: None) -> Any:
    """Again after another interval, and with a word at each failure."""

    def make(right: Function) -> Function:
        async def send(self: Any, upload: Any) -> None:
            for _ in range(upload.retries.number):
                try:
                    await self._context.files.send(upload.location, upload.data, upload.name)
                except TransferFailed:
                    tell(self, upload)
                else:
                    return
                await asyncio.sleep(interval(upload.retries.interval))
            await self._context.files.send(upload.location, upload.data, upload.name)

        return send

    return make


def _failed(self: Any, upload: Any) -> None:
    self._tell(UploadStatus.UPLOAD_FAILURE, upload.request_id)


def _cancelled_in_words_only(right: Function) -> Function:
    async def cancel(self: Any) -> None:
        tell = partial(self._tell, UploadStatus.ACCEPTED_CANCELED, self._ongoing.request_id)
        self._context.handlers.after_response(tell)

    return cancel


def _cancelled_in_silence(right: Function) -> Function:
    async def cancel(self: Any) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    return cancel


def _nothing_ongoing(right: Function) -> Function:
    return lambda **facts: right(**(facts | {"ongoing": False}))


def _twice_told(right: Function) -> Function:
    def start(*args: Any) -> None:
        right(*args)
        right(*args)

    return start


def _more_to_come(right: Function) -> Function:
    def parts(text: str) -> Iterator[tuple[str, bool]]:
        yield from ((part, True) for part, _ in right(text))

    return parts


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong("a log is not uploaded", "N01.FR.09", "TC_N_25 TC_N_35", Patch(FileTransfer, "send", later(None))),
    wrong(
        "a log is empty",
        "N01.FR.01",
        "TC_N_25 TC_N_35",
        Patch(FileTransfer, "send", sends(lambda data, name: (b"", name))),
    ),
    wrong(
        "a log is cut off",
        "N01.FR.01",
        "TC_N_25",
        Patch(FileTransfer, "send", sends(lambda d, name: (d[: len(d) // 2], name))),
    ),
    wrong(
        "a log has another name than the one that was told",
        "N01.FR.01",
        "TC_N_25",
        Patch(FileTransfer, "send", sends(lambda data, name: (data, f"x{name}"))),
    ),
    wrong("a log is uploaded twice", "N01.FR.01", "TC_N_25", Patch(FileTransfer, "send", _twice)),
    wrong("no log can be uploaded", "N01.FR.09", "TC_N_25 TC_N_35", Patch(FileTransfer, "send", _fails)),
    wrong(
        "the status of an upload names another request",
        "N01.FR.07",
        "TC_N_25 TC_N_26 TC_N_35 TC_N_36",
        Patch(logs, "_notification", other_request),
    ),
    wrong(
        "the status of an upload names no request",
        "N01.FR.13",
        "TC_N_25 TC_N_26 TC_N_35",
        Patch(logs, "_notification", no_request),
    ),
    wrong("Uploading is not told", "N01.FR.08", "TC_N_25 TC_N_26 TC_N_35", _untold(UploadStatus.UPLOADING)),
    wrong("Uploaded is not told", "N01.FR.09", "TC_N_25 TC_N_35 TC_N_36", _untold(UploadStatus.UPLOADED)),
    wrong("the failure of an upload is not told", "N01.FR.10", "TC_N_26", _untold(UploadStatus.UPLOAD_FAILURE)),
    wrong("AcceptedCanceled is not told", "N01.FR.20", "TC_N_36", _untold(UploadStatus.ACCEPTED_CANCELED)),
    wrong("an upload is not tried again", "N01.FR.10", "TC_N_26", Patch(Uploader, "_send", _once)),
    wrong(
        "an upload is tried again too early",
        "N01.FR.10",
        "TC_N_26",
        Patch(Uploader, "_send", _every(lambda interval: interval / 3)),
    ),
    wrong(
        "an upload is said to have failed before the last attempt",
        "N01.FR.10",
        "TC_N_26",
        Patch(Uploader, "_send", _every(lambda interval: interval, _failed)),
        level=Level.SHOULD,
    ),
    wrong(
        "an upload is cancelled in words only",
        "N01.FR.12",
        "TC_N_36",
        Patch(Uploader, "_cancel", _cancelled_in_words_only),
    ),
    wrong(
        "an upload is cancelled in silence", "N01.FR.20", "TC_N_36", Patch(Uploader, "_cancel", _cancelled_in_silence)
    ),
    wrong(
        "a second log is accepted beside the first",
        "N01.FR.12",
        "TC_N_36",
        Patch(block, "decide_log_upload", _nothing_ongoing),
    ),
    wrong(
        "the name of a log is not told",
        "N01.FR.01",
        "TC_N_25 TC_N_35",
        Patch(logs.Logs, "get_log", later_with_fields(filename=UNSET)),
    ),
    wrong("nothing is known of a customer", "N09.FR.05", "TC_N_27 TC_N_30", Patch(customers, "_known", always(""))),
    wrong("a customer is not forgotten", "N10.FR.03", "TC_N_30 TC_N_62", Patch(customers, "_forget", NOTHING)),
    wrong(
        "a customer is told of twice",
        "N09.FR.05",
        "TC_N_31 TC_N_32 TC_N_27",
        Patch(customers, "_start_notifying", _twice_told),
    ),
    wrong(
        "nothing is told of a customer",
        "N09.FR.05",
        "TC_N_27 TC_N_30",
        Patch(customers, "_start_notifying", NOTHING),
    ),
    wrong(
        "there is always more to come of a customer",
        "N09.FR.05",
        "TC_N_27 TC_N_31",
        Patch(customers, "_parts", _more_to_come),
    ),
    wrong(
        "nobody may ask about a customer",
        "N09.FR.02",
        "TC_N_27 TC_N_30",
        Patch(customers, "decide_customer_information", always(CustomerInformationStatus.REJECTED)),
    ),
)
