"""Timestamps and request ids of OCPP 1.6."""

from collections.abc import Callable

import pytest
from tests.lab.rules.cases import stamp
from tests.lab.v16.rules.talk import Talk, broken_at, reading

from plugfest.lab.csms.span import Span
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.rules.messages import TIME_OF_NOW, firmware_request_id, log_request_id
from plugfest.lab.verdict import Level

AT = 100.0


Tell = Callable[[Talk, float], None]


def security_event(talk: Talk, of: float) -> None:
    talk.said(AT, "SecurityEventNotification", type="StartupOfTheDevice", timestamp=stamp(of))


FRESH = [
    pytest.param(lambda talk, of: talk.start(AT, of=of), id="StartTransaction"),
    pytest.param(lambda talk, of: talk.stop(AT, of=of), id="StopTransaction"),
    pytest.param(lambda talk, of: talk.meter(AT, reading(of)), id="MeterValues"),
    pytest.param(security_event, id="SecurityEventNotification"),
]


def sent(tell: Tell, off: float) -> Talk:
    talk = Talk()
    tell(talk, AT + off)
    return talk


def test_the_clock_of_the_central_system_is_recommended() -> None:
    assert TIME_OF_NOW.level is Level.SHOULD


@pytest.mark.parametrize("tell", FRESH)
@pytest.mark.parametrize(("off", "frames"), [(-3.9, []), (3.9, []), (-4.1, [0]), (4.1, [0]), (-3600, [0])])
def test_the_tolerance_is_four_seconds_in_both_directions(tell: Tell, off: float, frames: list[int]) -> None:
    assert broken_at(TIME_OF_NOW, sent(tell, off)) == frames


def test_the_laboratory_may_set_another_tolerance() -> None:
    talk = sent(lambda talk, of: talk.start(AT, of=of), -9)
    assert broken_at(TIME_OF_NOW, talk, settings=LabSettings(time_tolerance=10)) == []


def test_a_state_may_have_lasted_and_cannot_begin_tomorrow() -> None:
    assert broken_at(TIME_OF_NOW, sent(lambda talk, of: talk.status(AT, "Available", of=of), -80)) == []
    assert broken_at(TIME_OF_NOW, sent(lambda talk, of: talk.status(AT, "Available", of=of), 80)) == [0]
    assert broken_at(TIME_OF_NOW, sent(lambda talk, of: talk.status(AT, "Available"), 0)) == []


def test_older_readings_may_come_with_the_newest() -> None:
    talk = Talk()
    talk.meter(AT, reading(AT - 60), reading(AT))
    assert broken_at(TIME_OF_NOW, talk) == []


def test_what_waited_for_a_connection_may_be_old() -> None:
    talk = sent(lambda talk, of: talk.stop(AT, of=of), -50)
    assert broken_at(TIME_OF_NOW, talk, spans=(Span(0.0, 45.0), Span(99.0))) == []


def test_what_is_tried_again_is_as_old_as_it_was() -> None:
    talk = Talk()
    talk.station(10, "StartTransaction", connectorId=1, idTag="A", meterStart=0, timestamp=stamp(10))
    talk.start(AT, of=10)
    assert broken_at(TIME_OF_NOW, talk) == []


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
    talk = Talk()
    talk.asked(1, begin, requestId=5, **payload)
    talk.said(2, tell, status=status, **told)
    assert callable(rule)
    assert broken_at(rule(), talk) == frames
