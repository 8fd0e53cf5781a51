"""Responses of OCPP 1.6 and what follows from them."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Token
from plugfest.lab.v16.rules.responses import (
    COMPOSITE_SCHEDULE,
    END_OF_PROGRESS,
    PROGRESS_AFTER_RESPONSE,
    REMOTE_AFTER_RESPONSE,
    TRIGGERED,
    local_list_version,
)


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


@pytest.mark.parametrize(("phases", "frames"), [(None, []), (1, []), (3, []), (0, [1]), (4, [1])])
def test_a_connector_charges_with_one_to_three_phases(phases: int | None, frames: list[int]) -> None:
    record = StationRecord()
    asked = record.lab(1, "GetCompositeSchedule", connectorId=1, duration=60)
    period = {"startPeriod": 0, "limit": 16.0} | ({} if phases is None else {"numberPhases": phases})
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    record.answers(2, asked, status="Accepted", chargingSchedule=schedule)
    assert violating_frames(COMPOSITE_SCHEDULE, record) == frames


@pytest.mark.parametrize(
    ("action_name", "payload", "frames"),
    [
        ("Authorize", {"idTag": "a"}, [1]),
        ("Authorize", {"idTag": "B"}, []),
        ("StatusNotification", {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"}, []),
    ],
)
def test_a_remote_start_has_its_effects_after_the_response(
    action_name: str, payload: dict[str, object], frames: list[int]
) -> None:
    record = StationRecord()
    asked = record.lab(1, "RemoteStartTransaction", idTag="A", connectorId=1)
    answer = {"idTagInfo": {"status": "Accepted"}} if action_name == "Authorize" else None
    record.request(1.1, action_name, answer, **payload)
    record.answers(1.2, asked, status="Accepted")
    assert violating_frames(REMOTE_AFTER_RESPONSE, record) == frames


@pytest.mark.parametrize(("token", "frames"), [("A", []), ("B", [1])])
def test_the_start_may_be_that_of_a_driver(token: str, frames: list[int]) -> None:
    record = StationRecord()
    asked = record.lab(1, "RemoteStartTransaction", idTag="A", connectorId=1)
    record.start(1.1)
    record.answers(1.2, asked, status="Accepted")
    presented = action(ActionKind.PRESENT_TOKEN, 0.5, token=Token(token, "ISO14443"))
    assert violating_frames(REMOTE_AFTER_RESPONSE, record, presented) == frames


@pytest.mark.parametrize(("reason", "frames"), [("Remote", [3]), ("Local", [])])
def test_a_remote_stop_has_its_effects_after_the_response(reason: str, frames: list[int]) -> None:
    record = StationRecord()
    record.start(0)
    asked = record.lab(1, "RemoteStopTransaction", transactionId=7)
    record.stop(1.1, reason=reason)
    record.answers(1.2, asked, status="Accepted")
    assert violating_frames(REMOTE_AFTER_RESPONSE, record) == frames


def list_version(record: StationRecord, at: float, version: int) -> None:
    record.answers(at, record.lab(at, "GetLocalListVersion"), listVersion=version)


def test_the_version_of_the_local_list_stays_the_same() -> None:
    rule, first, second = local_list_version(), StationRecord(), StationRecord()
    list_version(first, 1, 3)
    list_version(second, 2, 3)
    list_version(second, 3, 4)
    assert violating_frames(rule, first) == []
    assert violating_frames(rule, second) == [3]


def list_sent(record: StationRecord, at: float, version: int, status: str = "Accepted") -> None:
    record.asked(at, "SendLocalList", listVersion=version, updateType="Full", status=status)


@pytest.mark.parametrize(
    ("status", "version", "frames"),
    [("Accepted", 4, []), ("Accepted", 0, []), ("Accepted", 3, [5]), ("Failed", 3, []), ("Failed", 4, [5])],
)
def test_the_version_changes_with_the_list(status: str, version: int, frames: list[int]) -> None:
    record = StationRecord()
    list_version(record, 1, 3)
    list_sent(record, 2, 4, status)
    list_version(record, 3, version)
    assert violating_frames(local_list_version(), record) == frames


@pytest.mark.parametrize(("key", "frames"), [("LocalAuthListEnabled", []), ("ConnectionTimeOut", [5])])
def test_a_list_that_is_switched_off_has_another_version(key: str, frames: list[int]) -> None:
    record = StationRecord()
    list_version(record, 1, 3)
    record.asked(2, "ChangeConfiguration", key=key, value="false")
    list_version(record, 3, -1)
    assert violating_frames(local_list_version(), record) == frames


@pytest.mark.parametrize(
    ("statuses", "retries", "frames"),
    [
        (["Downloading", "DownloadFailed"], 0, []),
        (["DownloadFailed", "Downloading"], 0, [4]),
        (["DownloadFailed", "Downloading"], 2, []),
        (["DownloadFailed", "Downloading"], None, []),
        (["DownloadFailed", "Idle"], 0, []),
        (["Installed", "Installed"], 0, []),
    ],
)
def test_the_last_status_of_an_operation_has_no_other_one_after_it(
    statuses: list[str], retries: int | None, frames: list[int]
) -> None:
    record = StationRecord()
    fields = {} if retries is None else {"retries": retries}
    asked = record.lab(1, "UpdateFirmware", location="ftp://lab/", retrieveDate="2026-01-01T00:00:00Z", **fields)
    record.answers(1.1, asked)
    for at, status in enumerate(statuses, 2):
        record.request(at, "FirmwareStatusNotification", status=status)
    assert violating_frames(END_OF_PROGRESS, record) == frames


def test_a_station_that_was_commissioned_may_have_another_list() -> None:
    record = StationRecord()
    list_version(record, 1, 3)
    list_version(record, 3, 0)
    assert violating_frames(local_list_version(), record, action(ActionKind.COMMISSION, 2, frame=2)) == []
