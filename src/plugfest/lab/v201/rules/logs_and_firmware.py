"""Status notifications of log uploads and firmware updates of OCPP 2.0.1."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.request_ids import request_ids
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

UPLOAD_FAILURES = frozenset({"UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation"})


def firmware_request_id() -> Rule:
    """The requestId of the UpdateFirmwareRequest."""
    return request_ids("firmware", "L01.FR.10, L01.FR.20", m.UpdateFirmwareRequest, m.FirmwareStatusNotificationRequest)


def log_request_id() -> Rule:
    """The requestId of the GetLogRequest."""
    return request_ids("log", "N01.FR.07, N01.FR.13", m.GetLogRequest, m.LogStatusNotificationRequest)


def _judge_log_failure(evidence: Evidence) -> Iterator[Violation]:
    failed: dict[int | None, str] = {}
    for sent in evidence.sent(m.LogStatusNotificationRequest):
        request_id, status = given(sent.message.request_id), sent.message.status
        if request_id in failed:
            failure = failed.pop(request_id)
            expected = f"{failure} as the last status of the upload with requestId {request_id}"
            yield Violation(expected, str(status), sent.frame)
        if status in UPLOAD_FAILURES:
            failed[request_id] = status


LOG_FAILURE = Rule("upload failure only after the last attempt", "N01.FR.10", _judge_log_failure, Level.SHOULD)
