"""What a station of OCPP 2.0.1 tells of its updates and uploads."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.request_ids import request_ids
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def firmware_request_id() -> Rule:
    """The requestId of the UpdateFirmwareRequest."""
    return request_ids("firmware", "L01.FR.10, L01.FR.20", m.UpdateFirmwareRequest, m.FirmwareStatusNotificationRequest)


def log_request_id() -> Rule:
    """The requestId of the GetLogRequest."""
    return request_ids("log", "N01.FR.07, N01.FR.13", m.GetLogRequest, m.LogStatusNotificationRequest)


FAILURES = frozenset({"UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation"})


def _judge_log_failure(evidence: Evidence) -> Iterator[Breach]:
    failed: dict[int | None, str] = {}
    for told in evidence.told(m.LogStatusNotificationRequest):
        request_id, status = given(told.message.request_id), told.message.status
        if request_id in failed:
            expected = f"nothing more of upload {request_id} after {failed.pop(request_id)}"
            yield Breach(expected, str(status), told.frame)
        if status in FAILURES:
            failed[request_id] = status


LOG_FAILURE_ONCE = Rule("failure of an upload after the last attempt", "N01.FR.10", _judge_log_failure, Level.SHOULD)
