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


Tell = Callable[[StationRecord, float], None]


def security_event(record: StationRecord, of: float) -> None:
    record.said(AT, "SecurityEventNotification", type="StartupOfTheDevice", timestamp=stamp(of))


FRESH = [
    pytest.param(lambda record, of: record.start(AT, of=of), id="StartTransaction"),
    pytest.param(lambda record, of: record.stop(AT, of=of), id="StopTransaction"),
    pytest.param(lambda record, of: record.meter(AT, reading(of)), id="MeterValues"),
    pytest.param(security_event, id="SecurityEventNotification"),
]


def sent(tell: Tell, off: float) -> StationRecord:
    record = StationRecord()
    tell(record, AT + off)
    return record


def test_the_clock_of_the_central_system_is_recommended() -> None:
    assert CURRENT_TIMESTAMPS.level is Level.SHOULD


@pytest.mark.parametrize("tell", FRESH)
@pytest.mark.parametrize(("off", "frames"), [(-3.9, []), (3.9, []), (-4.1, [0]), (4.1, [0]), (-3600, [0])])
def test_the_tolerance_is_four_seconds_in_both_directions(tell: Tell, off: float, frames: list[int]) -> None:
    assert violating_frames(CURRENT_TIMESTAMPS, sent(tell, off)) == frames


def test_the_laboratory_may_set_another_tolerance() -> None:
    record = sent(lambda record, of: record.start(AT, of=of), -9)
    assert violating_frames(CURRENT_TIMESTAMPS, record, settings=LabSettings(time_tolerance=10)) == []


def test_a_state_may_have_lasted_and_cannot_begin_tomorrow() -> None:
    assert (
        violating_frames(CURRENT_TIMESTAMPS, sent(lambda record, of: record.status(AT, "Available", of=of), -80)) == []
    )
    assert violating_frames(CURRENT_TIMESTAMPS, sent(lambda record, of: record.status(AT, "Available", of=of), 80)) == [
        0
    ]
    assert violating_frames(CURRENT_TIMESTAMPS, sent(lambda record, of: record.status(AT, "Available"), 0)) == []


def test_older_readings_may_come_with_the_newest() -> None:
    record = StationRecord()
    record.meter(AT, reading(AT - 60), reading(AT))
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


def test_what_waited_for_a_connection_may_be_old() -> None:
    record = sent(lambda record, of: record.stop(AT, of=of), -50)
    assert (
        violating_frames(
            CURRENT_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0.0, 45.0), ConnectionPeriod(99.0))
        )
        == []
    )


def test_what_is_tried_again_is_as_old_as_it_was() -> None:
    record = StationRecord()
    record.station(10, "StartTransaction", connectorId=1, idTag="A", meterStart=0, timestamp=stamp(10))
    record.start(AT, of=10)
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


# Work that has a requestId

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


@pytest.mark.parametrize(("rule", "begin", "payload", "tell", "status"), KINDS)
@pytest.mark.parametrize(("told", "frames"), [({"requestId": 5}, []), ({"requestId": 6}, [2]), ({}, [2])])
def test_what_is_told_of_an_update_and_of_an_upload_names_its_request(
    rule: object,
    begin: str,
    payload: dict[str, object],
    tell: str,
    status: str,
    told: dict[str, object],
    frames: list[int],
) -> None:
    record = StationRecord()
    record.asked(1, begin, requestId=5, **payload)
    record.said(2, tell, status=status, **told)
    assert callable(rule)
    assert violating_frames(rule(), record) == frames
