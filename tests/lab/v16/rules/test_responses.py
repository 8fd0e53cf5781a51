"""Responses of OCPP 1.6 and what follows from them."""

import pytest
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.v16.rules.responses import COMPOSITE_SCHEDULE, PROGRESS_AFTER_RESPONSE, TRIGGERED


@pytest.mark.parametrize(
    ("connector_id", "unit", "frames"), [(1, "A", []), (None, "A", []), (2, "A", [1]), (1, "W", [1])]
)
def test_a_composite_schedule_is_the_requested_one(connector_id: int | None, unit: str, frames: list[int]) -> None:
    record = StationRecord()
    asked = record.lab(1, "GetCompositeSchedule", connectorId=1, duration=60, chargingRateUnit="A")
    schedule = {"chargingRateUnit": unit, "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]}
    fields = {} if connector_id is None else {"connectorId": connector_id}
    record.answers(2, asked, status="Accepted", chargingSchedule=schedule, **fields)
    assert violating_frames(COMPOSITE_SCHEDULE, record) == frames


def heartbeat(record: StationRecord, at: float) -> None:
    record.request(at, "Heartbeat", {"currentTime": "2026-01-01T00:00:00Z"})


def test_a_triggered_message_comes_after_the_response() -> None:
    for early, later, frames in ((False, True, []), (True, False, [1]), (True, True, []), (False, False, [])):
        record = StationRecord()
        asked = record.lab(1, "TriggerMessage", requestedMessage="Heartbeat")
        if early:
            heartbeat(record, 1.1)
        record.answers(1.2, asked, status="Accepted")
        if later:
            heartbeat(record, 1.3)
        assert violating_frames(TRIGGERED, record) == frames


@pytest.mark.parametrize(
    ("early_status", "second_request", "frames"),
    [(None, False, []), ("Uploading", False, [1]), ("Idle", False, []), ("Uploading", True, [])],
)
def test_an_operation_reports_its_progress_after_the_response(
    early_status: str | None, second_request: bool, frames: list[int]
) -> None:
    record = StationRecord()
    if second_request:
        record.answers(0.2, record.lab(0.1, "GetDiagnostics", location="ftp://lab/"))
    asked = record.lab(1, "GetDiagnostics", location="ftp://lab/")
    if early_status is not None:
        record.request(1.1, "DiagnosticsStatusNotification", {}, status=early_status)
    record.answers(1.2, asked)
    record.request(1.3, "DiagnosticsStatusNotification", {}, status="Uploaded")
    assert violating_frames(PROGRESS_AFTER_RESPONSE, record) == frames
