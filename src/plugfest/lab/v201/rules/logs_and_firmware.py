"""Status notifications of log uploads and firmware updates of OCPP 2.0.1."""

from collections.abc import Iterable, Iterator

from plugfest.lab.rules.evidence import Evidence, SentRequest
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


UPDATE_ENDS = frozenset({"Installed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"})
"""The statuses that end an update, besides DownloadFailed."""


def _judge_log_failure(evidence: Evidence) -> Iterator[Violation]:
    return _judge_last("upload", evidence.sent(m.LogStatusNotificationRequest), UPLOAD_FAILURES, repeated=False)


def _judge_download_failure(evidence: Evidence) -> Iterator[Violation]:
    sent = evidence.sent(m.FirmwareStatusNotificationRequest)
    return _judge_last("update", sent, frozenset({"DownloadFailed"}), repeated=True)


def _judge_update_end(evidence: Evidence) -> Iterator[Violation]:
    return _judge_last("update", evidence.sent(m.FirmwareStatusNotificationRequest), UPDATE_ENDS, repeated=True)


def _judge_last(
    operation: str,
    reported: Iterable[SentRequest[m.LogStatusNotificationRequest] | SentRequest[m.FirmwareStatusNotificationRequest]],
    ends: frozenset[str],
    *,
    repeated: bool,
) -> Iterator[Violation]:
    """After one of `ends` no other status of the same operation; the same one again, for a trigger, if `repeated`."""
    ended: dict[int | None, str] = {}
    for sent in reported:
        request_id, status = given(sent.message.request_id), sent.message.status
        if request_id in ended and not (repeated and status == ended[request_id]):
            end = ended.pop(request_id)
            expected = f"{end} as the last status of the {operation} with requestId {request_id}"
            yield Violation(expected, str(status), sent.frame)
        if status in ends:
            ended[request_id] = status


LOG_FAILURE = Rule("upload failure only after the last attempt", "N01.FR.10", _judge_log_failure, Level.SHOULD)
DOWNLOAD_FAILURE = Rule(
    "DownloadFailed only after the last attempt", "L01.FR.30", _judge_download_failure, Level.SHOULD
)
UPDATE_END = Rule("no status after the end of an update", "Part 2 section 3.33", _judge_update_end)
