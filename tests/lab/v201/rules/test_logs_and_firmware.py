"""Status of uploads and firmware updates of OCPP 2.0.1."""

from collections.abc import Callable

import pytest
from tests.lab.rules.evidence import violating_frames, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.rules.rule import Rule
from plugfest.lab.v201.rules.logs_and_firmware import LOG_FAILURE, firmware_request_id, log_request_id

UPDATE = {"firmware": {"location": "http://x/y", "retrieveDateTime": "2026-01-01T00:00:00Z"}}


LOG = {"logType": "SecurityLog", "log": {"remoteLocation": "http://x"}}


def updating(
    at: float, request_id: int, status: str = "Accepted", record: StationRecord | None = None
) -> StationRecord:
    record = record or StationRecord()
    record.asked(at, "UpdateFirmware", status=status, requestId=request_id, **UPDATE)
    return record


def uploading(
    at: float, request_id: int, status: str = "Accepted", record: StationRecord | None = None
) -> StationRecord:
    record = record or StationRecord()
    record.asked(at, "GetLog", status=status, requestId=request_id, **LOG)
    return record


def told(record: StationRecord, at: float, action: str, status: str, request_id: int | None) -> None:
    record.said(at, action, {"status": status} | ({} if request_id is None else {"requestId": request_id}), {})


KINDS = [
    pytest.param(firmware_request_id, updating, "FirmwareStatusNotification", "Downloading", id="firmware"),
    pytest.param(log_request_id, uploading, "LogStatusNotification", "Uploading", id="log"),
]


@pytest.mark.parametrize(("rule", "begin", "action", "status"), KINDS)
class TestBoth:
    def test_the_id_of_the_request_is_right(
        self, rule: Callable[[], Rule], begin: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = begin(1, 5)
        told(record, 2, action, status, 5)
        assert violating_frames(rule(), record) == []

    @pytest.mark.parametrize("request_id", [6, None])
    def test_another_id_and_none_are_found(
        self,
        rule: Callable[[], Rule],
        begin: Callable[..., StationRecord],
        action: str,
        status: str,
        request_id: int | None,
    ) -> None:
        record = begin(1, 5)
        told(record, 2, action, status, request_id)
        assert violating_frames(rule(), record) == [2]

    def test_an_idle_station_names_none(
        self, rule: Callable[[], Rule], begin: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = begin(1, 5)
        told(record, 2, action, "Idle", None)
        assert violating_frames(rule(), record) == []

    def test_a_request_of_an_earlier_case_is_known(
        self, rule: Callable[[], Rule], begin: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        judge, later = rule(), StationRecord()
        told(later, 9, action, status, 5)
        assert violating_frames(judge, begin(1, 5)) == []
        assert violating_frames(judge, later) == []

    def test_a_request_that_was_rejected_begins_nothing(
        self, rule: Callable[[], Rule], begin: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = begin(1, 5, "Rejected")
        told(record, 2, action, status, 5)
        assert violating_frames(rule(), record) == [2]

    def test_the_older_request_is_over_once_the_newer_was_told_of(
        self, rule: Callable[[], Rule], begin: Callable[..., StationRecord], action: str, status: str
    ) -> None:
        record = begin(2, 6, record=begin(1, 5))
        told(record, 3, action, status, 5)
        told(record, 4, action, status, 6)
        assert violating_frames(rule(), record) == []
        told(record, 5, action, status, 5)
        assert violating_frames(rule(), record) == [8]


def test_an_upload_may_be_said_to_be_cancelled_after_the_next_one_has_begun() -> None:
    record = uploading(2, 6, "AcceptedCanceled", uploading(1, 5))
    told(record, 3, "LogStatusNotification", "AcceptedCanceled", 5)
    told(record, 4, "LogStatusNotification", "Uploading", 6)
    assert violating_frames(log_request_id(), record) == []


# Uploads


def test_an_upload_that_has_failed_is_over() -> None:
    record = StationRecord()
    for at, status in enumerate(("Uploading", "UploadFailure", "Uploading", "Uploaded")):
        record.said(at, "LogStatusNotification", {"status": status, "requestId": 1}, {})
    (violation,) = violations(LOG_FAILURE, record)
    assert (violation.frame, violation.actual) == (4, "Uploading")
