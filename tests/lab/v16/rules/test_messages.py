"""Timestamps and request ids of OCPP 1.6."""

from collections.abc import Callable

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, reading, violating_frames

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.rules.messages import CURRENT_TIMESTAMPS, firmware_request_id, log_request_id
from plugfest.lab.verdict import Level

AT = 100.0


Send = Callable[[StationRecord, float], None]


def security_event(record: StationRecord, timestamp: float) -> None:
    record.request(AT, "SecurityEventNotification", type="StartupOfTheDevice", timestamp=stamp(timestamp))


CURRENT_MESSAGES = [
    pytest.param(lambda record, timestamp: record.start(AT, timestamp=timestamp), id="StartTransaction"),
    pytest.param(lambda record, timestamp: record.stop(AT, timestamp=timestamp), id="StopTransaction"),
    pytest.param(lambda record, timestamp: record.meter(AT, reading(timestamp)), id="MeterValues"),
    pytest.param(security_event, id="SecurityEventNotification"),
]


def sent(send: Send, deviation: float) -> StationRecord:
    record = StationRecord()
    send(record, AT + deviation)
    return record


def test_the_clock_of_the_central_system_is_a_recommendation() -> None:
    assert CURRENT_TIMESTAMPS.level is Level.SHOULD


@pytest.mark.parametrize("send", CURRENT_MESSAGES)
@pytest.mark.parametrize(("deviation", "frames"), [(-3.9, []), (3.9, []), (-4.1, [0]), (4.1, [0]), (-3600, [0])])
def test_the_tolerance_is_four_seconds_in_both_directions(send: Send, deviation: float, frames: list[int]) -> None:
    assert violating_frames(CURRENT_TIMESTAMPS, sent(send, deviation)) == frames


def test_the_tolerance_is_a_setting_of_the_lab() -> None:
    record = sent(lambda record, timestamp: record.start(AT, timestamp=timestamp), -9)
    assert violating_frames(CURRENT_TIMESTAMPS, record, settings=LabSettings(time_tolerance=10)) == []


def test_the_timestamp_of_a_status_may_be_old_but_not_in_the_future() -> None:
    assert (
        violating_frames(
            CURRENT_TIMESTAMPS, sent(lambda record, timestamp: record.status(AT, "Available", timestamp=timestamp), -80)
        )
        == []
    )
    assert violating_frames(
        CURRENT_TIMESTAMPS, sent(lambda record, timestamp: record.status(AT, "Available", timestamp=timestamp), 80)
    ) == [0]
    assert violating_frames(CURRENT_TIMESTAMPS, sent(lambda record, timestamp: record.status(AT, "Available"), 0)) == []


def test_only_the_newest_reading_has_to_be_current() -> None:
    record = StationRecord()
    record.meter(AT, reading(AT - 60), reading(AT))
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


def test_a_message_that_was_queued_offline_may_be_old() -> None:
    record = sent(lambda record, timestamp: record.stop(AT, timestamp=timestamp), -50)
    assert (
        violating_frames(
            CURRENT_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0.0, 45.0), ConnectionPeriod(99.0))
        )
        == []
    )


def test_a_retry_keeps_its_timestamp() -> None:
    record = StationRecord()
    record.station(10, "StartTransaction", connectorId=1, idTag="A", meterStart=0, timestamp=stamp(10))
    record.start(AT, timestamp=10)
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


# requestId

FIRMWARE = {
    "location": "http://x/y",
    "retrieveDateTime": "2026-01-01T00:00:00Z",
    "signingCertificate": "PEM",
    "signature": "AA==",
}


KINDS = [
    pytest.param(
        firmware_request_id,
        "SignedUpdateFirmware",
        {"firmware": FIRMWARE},
        "SignedFirmwareStatusNotification",
        "Downloading",
        id="firmware",
    ),
    pytest.param(
        log_request_id,
        "GetLog",
        {"logType": "SecurityLog", "log": {"remoteLocation": "http://x"}},
        "LogStatusNotification",
        "Uploading",
        id="log",
    ),
]


@pytest.mark.parametrize(("rule", "start", "payload", "send", "status"), KINDS)
@pytest.mark.parametrize(("fields", "frames"), [({"requestId": 5}, []), ({"requestId": 6}, [2]), ({}, [2])])
def test_a_status_has_the_id_of_its_request(
    rule: object,
    start: str,
    payload: dict[str, object],
    send: str,
    status: str,
    fields: dict[str, object],
    frames: list[int],
) -> None:
    record = StationRecord()
    record.asked(1, start, requestId=5, **payload)
    record.request(2, send, status=status, **fields)
    assert callable(rule)
    assert violating_frames(rule(), record) == frames
