"""Status of uploads and firmware updates of OCPP 2.0.1."""

from collections.abc import Callable

import pytest
from tests.lab.rules.evidence import stamp, violating_frames, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.rules.rule import Rule
from plugfest.lab.v201.rules.logs_and_firmware import (
    DOWNLOAD_FAILURE,
    DOWNLOAD_PAUSE,
    FIRMWARE_EVENTS,
    LOG_FAILURE,
    SECURITY_EVENT_TYPES,
    UPDATE_END,
    firmware_request_id,
    log_request_id,
)

UPDATE = {"firmware": {"location": "http://x/y", "retrieveDateTime": "2026-01-01T00:00:00Z"}}
LOG = {"logType": "SecurityLog", "log": {"remoteLocation": "http://x"}}


def update_firmware(
    at: float, request_id: int, status: str = "Accepted", record: StationRecord | None = None
) -> StationRecord:
    record = record or StationRecord()
    record.asked(at, "UpdateFirmware", status=status, requestId=request_id, **UPDATE)
    return record


def get_log(at: float, request_id: int, status: str = "Accepted", record: StationRecord | None = None) -> StationRecord:
    record = record or StationRecord()
    record.asked(at, "GetLog", status=status, requestId=request_id, **LOG)
    return record


def report(record: StationRecord, at: float, action: str, status: str, request_id: int | None) -> None:
    record.request(at, action, {"status": status} | ({} if request_id is None else {"requestId": request_id}), {})


KINDS = [
    pytest.param(firmware_request_id, update_firmware, "FirmwareStatusNotification", "Downloading", id="firmware"),
    pytest.param(log_request_id, get_log, "LogStatusNotification", "Uploading", id="log"),
]


@pytest.mark.parametrize(("rule", "start", "action", "status"), KINDS)
class TestRequestIds:
    def test_the_id_of_the_request_conforms(
        self, rule: Callable[[], Rule], start: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = start(1, 5)
        report(record, 2, action, status, 5)
        assert violating_frames(rule(), record) == []

    @pytest.mark.parametrize("request_id", [6, None])
    def test_another_id_and_a_missing_id_are_violations(
        self,
        rule: Callable[[], Rule],
        start: Callable[..., StationRecord],
        action: str,
        status: str,
        request_id: int | None,
    ) -> None:
        record = start(1, 5)
        report(record, 2, action, status, request_id)
        assert violating_frames(rule(), record) == [2]

    def test_an_idle_station_sends_no_id(
        self, rule: Callable[[], Rule], start: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = start(1, 5)
        report(record, 2, action, "Idle", None)
        assert violating_frames(rule(), record) == []

    def test_the_id_may_be_that_of_an_earlier_case(
        self, rule: Callable[[], Rule], start: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        rule_of_campaign, later = rule(), StationRecord()
        report(later, 9, action, status, 5)
        assert violating_frames(rule_of_campaign, start(1, 5)) == []
        assert violating_frames(rule_of_campaign, later) == []

    def test_a_rejected_request_starts_nothing(
        self, rule: Callable[[], Rule], start: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = start(1, 5, "Rejected")
        report(record, 2, action, status, 5)
        assert violating_frames(rule(), record) == [2]

    def test_the_older_id_is_a_violation_once_the_newer_one_was_reported(
        self, rule: Callable[[], Rule], start: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = start(2, 6, record=start(1, 5))
        report(record, 3, action, status, 5)
        report(record, 4, action, status, 6)
        assert violating_frames(rule(), record) == []
        report(record, 5, action, status, 5)
        assert violating_frames(rule(), record) == [8]


def test_an_upload_may_be_reported_as_canceled_after_the_next_one_has_started() -> None:
    record = get_log(2, 6, "AcceptedCanceled", get_log(1, 5))
    report(record, 3, "LogStatusNotification", "AcceptedCanceled", 5)
    report(record, 4, "LogStatusNotification", "Uploading", 6)
    assert violating_frames(log_request_id(), record) == []


def test_no_status_follows_an_upload_failure() -> None:
    record = StationRecord()
    for at, status in enumerate(("Uploading", "UploadFailure", "Uploading", "Uploaded")):
        record.request(at, "LogStatusNotification", {"status": status, "requestId": 1}, {})
    (violation,) = violations(LOG_FAILURE, record)
    assert (violation.frame, violation.actual) == (4, "Uploading")


def firmware_statuses(*statuses: str) -> StationRecord:
    record = StationRecord()
    for at, status in enumerate(statuses):
        report(record, at, "FirmwareStatusNotification", status, 1)
    return record


@pytest.mark.parametrize("end", ["Installed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"])
def test_no_other_status_follows_the_end_of_an_update(end: str) -> None:
    assert violating_frames(UPDATE_END, firmware_statuses("Downloading", end, end)) == []
    assert violating_frames(UPDATE_END, firmware_statuses("Downloading", end, "Installing")) == [4]


def test_an_update_does_not_continue_after_a_failed_download() -> None:
    assert violating_frames(DOWNLOAD_FAILURE, firmware_statuses("DownloadFailed", "DownloadFailed")) == []
    assert violating_frames(DOWNLOAD_FAILURE, firmware_statuses("DownloadFailed", "Downloading", "Downloaded")) == [2]


def test_another_update_may_follow_the_end_of_one() -> None:
    record = firmware_statuses("InvalidSignature")
    report(record, 9, "FirmwareStatusNotification", "Downloading", 2)
    assert violating_frames(UPDATE_END, record) == []


# Security events


def security_event(record: StationRecord, at: float, kind: str) -> StationRecord:
    record.request(at, "SecurityEventNotification", {"type": kind, "timestamp": stamp(at)}, {})
    return record


def test_security_events_have_types_of_the_list() -> None:
    record = security_event(security_event(StationRecord(), 1, "ResetOrReboot"), 2, "Rebooted")
    assert violating_frames(SECURITY_EVENT_TYPES, record) == [2]


def test_an_invalid_signature_is_a_security_event() -> None:
    record = StationRecord()
    record.request(1, "FirmwareStatusNotification", {"status": "InvalidSignature", "requestId": 1}, {})
    assert violating_frames(FIRMWARE_EVENTS, record) == []  # it may follow
    record.status(20, "Available")
    assert violating_frames(FIRMWARE_EVENTS, record) == [0]
    assert violating_frames(FIRMWARE_EVENTS, security_event(record, 21, "InvalidFirmwareSignature")) == []


def test_an_invalid_certificate_is_a_security_event() -> None:
    record = update_firmware(1, 1, "InvalidCertificate")
    record.status(20, "Available")
    assert violating_frames(FIRMWARE_EVENTS, record) == [1]
    assert violating_frames(FIRMWARE_EVENTS, security_event(record, 21, "InvalidFirmwareSigningCertificate")) == []


def test_a_download_pauses_before_it_is_complete() -> None:
    paused = firmware_statuses("Downloading", "DownloadPaused", "Downloading", "Downloaded")
    assert violating_frames(DOWNLOAD_PAUSE, paused) == []
    assert violating_frames(DOWNLOAD_PAUSE, firmware_statuses("Downloading", "Downloaded", "DownloadPaused")) == [4]
