"""Which logs a station sends, and what it says of them; which questions about customers it answers. Pure rules."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from plugfest.transfer.errors import TransferFault


class UploadStatus(StrEnum):
    """How far the upload of a log is, in OCPP's words."""

    IDLE = "Idle"
    UPLOADING = "Uploading"
    UPLOADED = "Uploaded"
    UPLOAD_FAILURE = "UploadFailure"
    BAD_MESSAGE = "BadMessage"
    PERMISSION_DENIED = "PermissionDenied"
    NOT_SUPPORTED_OPERATION = "NotSupportedOperation"
    ACCEPTED_CANCELED = "AcceptedCanceled"


_STATUSES: Final = {
    TransferFault.BAD_MESSAGE: UploadStatus.BAD_MESSAGE,
    TransferFault.DENIED: UploadStatus.PERMISSION_DENIED,
    TransferFault.NOT_SUPPORTED: UploadStatus.NOT_SUPPORTED_OPERATION,
}


def status_of(fault: TransferFault) -> UploadStatus:
    """What to say of an upload that failed (N01.FR.10)."""
    return _STATUSES.get(fault, UploadStatus.UPLOAD_FAILURE)


class LogStatus(StrEnum):
    """The answers to a wish for a log."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    ACCEPTED_CANCELED = "AcceptedCanceled"


class Verdict(NamedTuple):
    """An answer; if it is a refusal, also why: a reason code, and more in words."""

    answer: LogStatus
    reason: str = ""
    detail: str = ""


def decide_log_upload(*, available: bool, location_problem: str | None, ongoing: bool, cancels: bool) -> Verdict:
    """What to answer. `ongoing`: whether another log is on its way, and `cancels` whether that can be stopped."""
    if not available:
        return Verdict(LogStatus.REJECTED, "NotFound", "there is nothing in the log of that time")  # N01.FR.05
    if location_problem is not None:
        return Verdict(LogStatus.REJECTED, "InvalidURL", location_problem)
    if not ongoing:
        return Verdict(LogStatus.ACCEPTED)  # N01.FR.01
    if cancels:
        return Verdict(LogStatus.ACCEPTED_CANCELED)  # N01.FR.12, C-57
    return Verdict(LogStatus.REJECTED, "Unspecified", "another log is being uploaded")


class CustomerInformationStatus(StrEnum):
    """The answers to a question about a customer."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    INVALID = "Invalid"


def decide_customer_information(
    references: Sequence[object], *, report: bool, clear: bool
) -> CustomerInformationStatus:
    """What to answer. `references` to the customer, of which there has to be one."""
    if len(references) != 1:
        return CustomerInformationStatus.INVALID  # N09.FR.09
    if not report and not clear:
        return CustomerInformationStatus.REJECTED  # N09.FR.07, N10.FR.07
    return CustomerInformationStatus.ACCEPTED  # N09.FR.02, N10.FR.01
