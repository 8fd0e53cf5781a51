"""Block N: log uploads and customer information."""

import asyncio
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Any, cast

from plugfest.lab.verdict import Level
from plugfest.ocpp.message import UNSET
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    later,
    later_with_fields,
    no_request,
    other_request,
    with_file,
    without_log_status,
)
from plugfest.station.blocks.n_diagnostics import uploader as block
from plugfest.station.blocks.n_diagnostics.rules import CustomerDecision, CustomerInformationStatus, UploadStatus
from plugfest.station.blocks.n_diagnostics.uploader import Uploader
from plugfest.station.blocks.n_diagnostics.v201 import customers, logs
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.transfer.errors import TransferFailed, TransferFault

REFERENCE = "reference-ac"


def _twice(original: Function) -> Function:
    async def send(self: Any, url: str, data: bytes, name: str) -> None:
        await original(self, url, data, name)
        await original(self, url, data, f"2{name}")

    return send


def _fails(original: Function) -> Function:
    async def send(self: Any, url: str, data: bytes, name: str) -> None:
        raise TransferFailed(TransferFault.FAILED, "failed")

    return send


def _once(original: Function) -> Function:
    async def send(self: Any, upload: Any) -> None:
        await self._context.files.send(upload.location, upload.data, upload.name)

    return send


def _with_interval(interval: Any, on_failure: Any = lambda self, upload: None) -> Any:
    """Retries after another interval, and calls `on_failure` after each failed attempt."""

    def make(original: Function) -> Function:
        async def send(self: Any, upload: Any) -> None:
            for _ in range(upload.retries.number):
                try:
                    await self._context.files.send(upload.location, upload.data, upload.name)
                except TransferFailed:
                    on_failure(self, upload)
                else:
                    return
                await asyncio.sleep(interval(upload.retries.interval))
            await self._context.files.send(upload.location, upload.data, upload.name)

        return send

    return make


def _failed(self: Any, upload: Any) -> None:
    self._report_status(UploadStatus.UPLOAD_FAILURE, upload.request_id)


def _uneven(original: Function) -> Function:
    """Three intervals with the right sum, and UploadFailure after each attempt."""
    shares = cycle((2.0, 0.5, 0.5))
    return cast(Function, _with_interval(lambda interval: interval * next(shares), _failed)(original))


def _reports_cancel_only(original: Function) -> Function:
    async def cancel(self: Any) -> None:
        report = partial(self._report_status, UploadStatus.ACCEPTED_CANCELED, self._ongoing.request_id)
        self._context.handlers.after_response(report)

    return cancel


def _cancels_unreported(original: Function) -> Function:
    async def cancel(self: Any) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    return cancel


def _nothing_ongoing(original: Function) -> Function:
    return lambda **facts: original(**(facts | {"ongoing": False}))


def _available(original: Function) -> Function:
    """Decides as if the data were available."""
    return lambda *args, **facts: original(*args, **(facts | {"available": True}))


def _fails_when_unavailable(original: Function) -> Function:
    def decide(*args: Any, available: bool, **facts: Any) -> Any:
        if not available:
            raise RuntimeError("the data cannot be read")
        return original(*args, available=available, **facts)

    return decide


def _reports_after_rejection(original: Function) -> Function:
    def respond(context: Any, request: Any) -> Any:
        response = original(context, request)
        if response.status == "Rejected":
            context.handlers.after_response(partial(customers._start_notifying, context, request.request_id, "no data"))
        return response

    return respond


def _sent_twice(original: Function) -> Function:
    def start(*args: Any) -> None:
        original(*args)
        original(*args)

    return start


def _always_tbc(original: Function) -> Function:
    def parts(text: str) -> Iterator[tuple[str, bool]]:
        yield from ((part, True) for part, _ in original(text))

    return parts


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201("does not upload the log", "N01.FR.09", "TC_N_25 TC_N_35", Patch(FileTransfer, "send", later(None))),
    wrong_v201(
        "uploads an empty log",
        "N01.FR.01",
        "TC_N_25 TC_N_35",
        Patch(FileTransfer, "send", with_file(lambda data, name: (b"", name))),
    ),
    wrong_v201(
        "uploads only half of the log",
        "N01.FR.01",
        "TC_N_25",
        Patch(FileTransfer, "send", with_file(lambda d, name: (d[: len(d) // 2], name))),
    ),
    wrong_v201(
        "uploads the log under another file name than reported",
        "N01.FR.01",
        "TC_N_25",
        Patch(FileTransfer, "send", with_file(lambda data, name: (data, f"x{name}"))),
    ),
    wrong_v201("uploads the log twice", "N01.FR.01", "TC_N_25", Patch(FileTransfer, "send", _twice)),
    wrong_v201("fails every log upload", "N01.FR.09", "TC_N_25 TC_N_35", Patch(FileTransfer, "send", _fails)),
    wrong_v201(
        "reports the log status with another requestId",
        "N01.FR.07",
        "TC_N_25 TC_N_26 TC_N_35 TC_N_36",
        Patch(logs, "_notification", other_request),
    ),
    wrong_v201(
        "reports the log status without a requestId",
        "N01.FR.13",
        "TC_N_25 TC_N_26 TC_N_35",
        Patch(logs, "_notification", no_request),
    ),
    wrong_v201(
        "does not report Uploading",
        "N01.FR.08",
        "TC_N_25 TC_N_26 TC_N_35",
        without_log_status(logs.Logs, UploadStatus.UPLOADING),
    ),
    wrong_v201(
        "does not report Uploaded",
        "N01.FR.09",
        "TC_N_25 TC_N_35 TC_N_36",
        without_log_status(logs.Logs, UploadStatus.UPLOADED),
    ),
    wrong_v201(
        "does not report UploadFailure",
        "N01.FR.10",
        "TC_N_26",
        without_log_status(logs.Logs, UploadStatus.UPLOAD_FAILURE),
    ),
    wrong_v201(
        "does not report AcceptedCanceled",
        "N01.FR.20",
        "TC_N_36",
        without_log_status(logs.Logs, UploadStatus.ACCEPTED_CANCELED),
    ),
    wrong_v201("does not retry a log upload", "N01.FR.10", "TC_N_26", Patch(Uploader, "_send", _once)),
    wrong_v201(
        "retries a log upload too early",
        "N01.FR.10",
        "TC_N_26",
        Patch(Uploader, "_send", _with_interval(lambda interval: interval / 3)),
    ),
    wrong_v201(
        "retries a log upload 6 s too early",
        "N01.FR.10",
        "TC_N_26",
        Patch(Uploader, "_send", _with_interval(lambda interval: interval - 6)),
    ),
    wrong_v201(
        "retries a log upload at uneven intervals",
        "N01.FR.10",
        "TC_N_26",
        Patch(Uploader, "_send", _uneven),
    ),
    wrong_v201(
        "reports UploadFailure before the last attempt",
        "N01.FR.10",
        "TC_N_26",
        Patch(Uploader, "_send", _with_interval(lambda interval: interval, _failed)),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "reports AcceptedCanceled and continues the log upload",
        "N01.FR.12",
        "TC_N_36",
        Patch(Uploader, "_cancel", _reports_cancel_only),
    ),
    wrong_v201(
        "cancels a log upload without reporting it",
        "N01.FR.20",
        "TC_N_36",
        Patch(Uploader, "_cancel", _cancels_unreported),
    ),
    wrong_v201(
        "accepts a second log upload without cancelling the first",
        "N01.FR.12",
        "TC_N_36",
        Patch(block, "decide_log_upload", _nothing_ongoing),
    ),
    wrong_v201(
        "omits the file name of the log",
        "N01.FR.01",
        "TC_N_25 TC_N_35",
        Patch(logs.Logs, "get_log", later_with_fields(filename=UNSET)),
    ),
    wrong_v201(
        "reports no customer information", "N09.FR.05", "TC_N_27 TC_N_30", Patch(customers, "_information", always(""))
    ),
    wrong_v201(
        "does not clear customer information",
        "N10.FR.03",
        "TC_N_30 TC_N_62 TC_N_63",
        Patch(customers, "_clear", NOTHING),
    ),
    wrong_v201(
        "sends customer information twice",
        "N09.FR.05",
        "TC_N_31 TC_N_32 TC_N_27",
        Patch(customers, "_start_notifying", _sent_twice),
    ),
    wrong_v201(
        "sends no NotifyCustomerInformationRequest",
        "N09.FR.05",
        "TC_N_27 TC_N_30",
        Patch(customers, "_start_notifying", NOTHING),
    ),
    wrong_v201(
        "sets tbc in every NotifyCustomerInformationRequest",
        "N09.FR.05",
        "TC_N_27 TC_N_31",
        Patch(customers, "_parts", _always_tbc),
    ),
    wrong_v201(
        "rejects every CustomerInformationRequest",
        "N09.FR.02",
        "TC_N_27 TC_N_30",
        Patch(customers, "decide_customer_information", always(CustomerDecision(CustomerInformationStatus.REJECTED))),
    ),
    wrong_v201(
        "processes customer information that is not available",
        "N09.FR.03, N10.FR.05",
        "TC_N_29 TC_N_33",
        Patch(customers, "decide_customer_information", _available),
    ),
    wrong_v201(
        "rejects customer information that is not available, but reports it",
        "N09.FR.05",
        "TC_N_29 TC_N_33",
        Patch(customers, "_customer_information", _reports_after_rejection),
    ),
    wrong_v201(
        "answers a CALLERROR while customer information is not available",
        "N09.FR.03, N10.FR.05",
        "TC_N_29 TC_N_33",
        Patch(customers, "decide_customer_information", _fails_when_unavailable),
    ),
    wrong_v201(
        "accepts a log upload without log information",
        "N01.FR.05",
        "TC_N_34",
        Patch(block, "decide_log_upload", _available),
    ),
    wrong_v201(
        "names a log file without log information",
        "GetLogResponse",
        "TC_N_34",
        Patch(logs.Logs, "get_log", later_with_fields(filename="log.zip")),
    ),
)
