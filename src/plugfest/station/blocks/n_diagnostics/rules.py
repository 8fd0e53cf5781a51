"""Decisions on log uploads and on requests for customer information. Pure functions."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from plugfest.transfer.errors import TransferFault


class UploadStatus(StrEnum):
    """The status of a log upload (UploadLogStatusEnumType)."""

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
    """The status of a failed upload (N01.FR.10)."""
    return _STATUSES.get(fault, UploadStatus.UPLOAD_FAILURE)


class LogStatus(StrEnum):
    """The status of the answer to GetLog."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    ACCEPTED_CANCELED = "AcceptedCanceled"


class Decision(NamedTuple):
    """The status to answer, and for a rejection a reason code and details in words."""

    status: LogStatus
    reason: str = ""
    detail: str = ""


def decide_log_upload(*, location_problem: str | None, available: bool, ongoing: bool, cancels: bool) -> Decision:
    """The status to answer.

    `available`: the log can be read; `ongoing`: another upload is in progress; `cancels`: the station can cancel it.
    """
    if location_problem is not None:
        return Decision(LogStatus.REJECTED, "InvalidURL", location_problem)
    if not available:
        return Decision(LogStatus.REJECTED, "InternalError", "the storage of the logs has a fault")  # N01.FR.05
    if not ongoing:
        return Decision(LogStatus.ACCEPTED)  # N01.FR.01
    if cancels:
        return Decision(LogStatus.ACCEPTED_CANCELED)  # N01.FR.12, C-57
    return Decision(LogStatus.REJECTED, "Unspecified", "another log is being uploaded")


class CustomerInformationStatus(StrEnum):
    """The status of the answer to CustomerInformation."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    INVALID = "Invalid"


class CustomerDecision(NamedTuple):
    """The status to answer, and for a refusal a reason code and details in words."""

    status: CustomerInformationStatus
    reason: str = ""
    detail: str = ""


def decide_customer_information(
    references: Sequence[object], *, available: bool, report: bool, clear: bool
) -> CustomerDecision:
    """The answer to a request. `references` to the customer: there must be exactly one. `available`: the data are."""
    if not references:
        return CustomerDecision(CustomerInformationStatus.INVALID, "MissingParam", "the customer")  # N09.FR.09
    if len(references) > 1:
        return CustomerDecision(CustomerInformationStatus.INVALID, "InvalidValue", "more than one customer")
    if not available:  # N09.FR.03, N10.FR.05
        return CustomerDecision(
            CustomerInformationStatus.REJECTED, "InternalError", "the storage of customer data has a fault"
        )
    if not report and not clear:  # N09.FR.07, N10.FR.07
        return CustomerDecision(CustomerInformationStatus.REJECTED, "InvalidValue", "neither report nor clear")
    return CustomerDecision(CustomerInformationStatus.ACCEPTED)  # N09.FR.02, N10.FR.01
