"""Status notifications of log uploads and firmware updates of OCPP 2.0.1, and security events."""

from collections.abc import Iterable, Iterator

from plugfest.lab.recording.exchanges import Exchange
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


def _judge_pauses(evidence: Evidence) -> Iterator[Violation]:
    downloaded: set[int | None] = set()
    for sent in evidence.sent(m.FirmwareStatusNotificationRequest):
        request_id, status = given(sent.message.request_id), sent.message.status
        if status == "Downloaded":
            downloaded.add(request_id)
        elif status == "DownloadPaused" and request_id in downloaded:
            yield Violation(f"no DownloadPaused after Downloaded with requestId {request_id}", "sent", sent.frame)


LOG_FAILURE = Rule("upload failure only after the last attempt", "N01.FR.10", _judge_log_failure, Level.SHOULD)
DOWNLOAD_FAILURE = Rule(
    "DownloadFailed only after the last attempt", "L01.FR.30", _judge_download_failure, Level.SHOULD
)
UPDATE_END = Rule("no status after the end of an update", "Part 2 section 3.33", _judge_update_end)


SECURITY_EVENTS = frozenset(
    {
        "AttemptedReplayAttacks",
        "CsmsFailedToAuthenticate",
        "FailedToAuthenticateAtCsms",
        "FirmwareUpdated",
        "InvalidChargingStationCertificate",
        "InvalidCsmsCertificate",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidMessages",
        "InvalidTLSCipherSuite",
        "InvalidTLSVersion",
        "MaintenanceLoginAccepted",
        "MaintenanceLoginFailed",
        "MemoryExhaustion",
        "ReconfigurationOfSecurityParameters",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "TamperDetectionActivated",
    }
)
"""Those of Part 2 Appendix 1."""

EVENTS_OF_FIRMWARE = {
    "InvalidSignature": "InvalidFirmwareSignature",
    "InvalidCertificate": "InvalidFirmwareSigningCertificate",
}
"""The security event that belongs to a status of an update, or of the answer to the request for it."""


def _judge_types(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.SecurityEventNotificationRequest):
        if sent.message.type not in SECURITY_EVENTS:
            yield Violation(
                "SecurityEventNotificationRequest.type of the list in Part 2 Appendix 1", sent.message.type, sent.frame
            )


SECURITY_EVENT_TYPES = Rule("types of security events", "SecurityEventNotificationRequest", _judge_types, Level.SHOULD)


def _judge_firmware_events(evidence: Evidence) -> Iterator[Violation]:
    """They are queued, and no time is given: only a status that was sent well before the end of the case is judged."""
    if not evidence.began_idle:
        return
    ended = max((exchange.at for exchange in evidence.exchanges), default=0.0)
    types = {sent.message.type for sent in evidence.sent(m.SecurityEventNotificationRequest)}
    for exchange in evidence.exchanges:
        status, frame, at = _firmware_status(exchange)
        event = EVENTS_OF_FIRMWARE.get(status)
        if event is not None and event not in types and ended >= at + evidence.settings.time_tolerance:
            yield Violation(
                f"SecurityEventNotificationRequest with type {event}, as the status of the firmware is {status}",
                "none until the end of the case",
                frame,
            )


def _firmware_status(exchange: Exchange) -> tuple[str, int, float]:
    """The status that a station has reported or answered, its frame, and the time."""
    if isinstance(exchange.request, m.FirmwareStatusNotificationRequest):
        return str(exchange.request.status), exchange.frame, exchange.at
    if isinstance(exchange.response, m.UpdateFirmwareResponse):
        return (
            str(exchange.response.status),
            exchange.answered_in or exchange.frame,
            exchange.answered_at or exchange.at,
        )
    return "", exchange.frame, exchange.at


FIRMWARE_EVENTS = Rule(
    "security events of firmware updates", "L01.FR.02, L01.FR.03", _judge_firmware_events, Level.SHOULD
)
DOWNLOAD_PAUSE = Rule("a pause only during a download", "L01.FR.14", _judge_pauses)
