"""First the authorization, then what it allows; first the answer, then what it announces."""

from typing import Any

import pytest
from tests.lab.rules.evidence import action, stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.order import (
    ANSWER_BEFORE_EFFECT,
    ANSWER_FIRST,
    AUTHORIZE_FIRST,
    TRIGGERED_AFTER_ANSWER,
)

CARD = Token("AA01", "ISO14443")
ID_TOKEN = {"idToken": {"idToken": "AA01", "type": "ISO14443"}}
ACCEPTED = {"idTokenInfo": {"status": "Accepted"}}
PRESENTED = action(ActionKind.PRESENT_TOKEN, at=1.0, token=CARD)


def authorize(record: StationRecord, at: float = 3, id_token: dict[str, object] | None = None) -> StationRecord:
    record.request(at, "Authorize", id_token or ID_TOKEN, ACCEPTED)
    return record


def claim(record: StationRecord, at: float = 2, **fields: Any) -> StationRecord:
    reason = fields.pop("reason", "Authorized")
    record.event(at, reason, event_type="Started", **(ID_TOKEN | fields))
    return record


def test_an_authorized_event_after_the_authorize_conforms() -> None:
    assert violating_frames(AUTHORIZE_FIRST, claim(authorize(StationRecord()), 4), PRESENTED) == []


def test_an_authorized_event_before_the_authorize_is_a_violation() -> None:
    assert violating_frames(AUTHORIZE_FIRST, authorize(claim(StationRecord())), PRESENTED) == [0]


@pytest.mark.parametrize(("state", "frames"), [("Charging", [0]), ("SuspendedEV", [0]), ("EVConnected", [])])
def test_energy_before_the_authorize_is_a_violation(state: str, frames: list[int]) -> None:
    record = claim(StationRecord(), reason="ChargingStateChanged", info={"chargingState": state})
    assert violating_frames(AUTHORIZE_FIRST, authorize(record), PRESENTED) == frames


def test_an_authorize_without_an_answer_allows_nothing() -> None:
    record = StationRecord()
    record.request(2, "Authorize", ID_TOKEN, None)
    assert violating_frames(AUTHORIZE_FIRST, claim(record, 3), PRESENTED) == [1]


def test_a_known_token_needs_no_authorize() -> None:
    assert violating_frames(AUTHORIZE_FIRST, claim(StationRecord()), PRESENTED) == []
    local = StationRecord()
    entry = ID_TOKEN | ACCEPTED
    local.asked(0, "SendLocalList", versionNumber=1, updateType="Full", localAuthorizationList=[entry])
    assert violating_frames(AUTHORIZE_FIRST, authorize(claim(local)), PRESENTED) == []


def test_an_event_from_the_time_offline_may_come_first() -> None:
    assert violating_frames(AUTHORIZE_FIRST, authorize(claim(StationRecord(), offline=True)), PRESENTED) == []


def test_an_event_from_before_the_presentation_does_not_count() -> None:
    later = action(ActionKind.PRESENT_TOKEN, at=2.5, frame=2, token=CARD)
    record = authorize(claim(StationRecord(), reason="ChargingStateChanged", info={"chargingState": "Charging"}))
    assert violating_frames(AUTHORIZE_FIRST, record, later) == []


def test_the_authorize_of_a_later_presentation_does_not_count() -> None:
    again = action(ActionKind.PRESENT_TOKEN, at=2.5, frame=2, token=CARD)
    assert violating_frames(AUTHORIZE_FIRST, authorize(claim(StationRecord())), PRESENTED, again) == []


# Answers


def report(record: StationRecord, at: float) -> StationRecord:
    record.request(at, "NotifyReport", {"requestId": 1, "generatedAt": stamp(at), "seqNo": 0}, {})
    return record


def test_a_report_comes_after_the_answer() -> None:
    record = StationRecord()
    message_id = record.lab(0, "GetBaseReport", requestId=1, reportBase="FullInventory")
    report(record, 1)
    record.answers(2, message_id, status="Accepted")
    assert violating_frames(ANSWER_FIRST, record) == [1]
    assert violating_frames(ANSWER_FIRST, report(StationRecord(), 1)) == []


def test_a_report_after_the_answer_conforms() -> None:
    record = StationRecord()
    record.asked(0, "GetBaseReport", requestId=1, reportBase="FullInventory")
    assert violating_frames(ANSWER_FIRST, report(record, 1)) == []


# Triggered messages

SAMPLE = {"timestamp": "2026-01-01T00:00:01Z", "sampledValue": [{"value": 1.0, "context": "Trigger"}]}
TRIGGERED: list[tuple[str, str, dict[str, object]]] = [
    ("LogStatusNotification", "LogStatusNotification", {"status": "Idle"}),
    ("FirmwareStatusNotification", "FirmwareStatusNotification", {"status": "Idle"}),
    ("MeterValues", "MeterValues", {"evseId": 1, "meterValue": [SAMPLE]}),
    (
        "BootNotification",
        "BootNotification",
        {"reason": "Triggered", "chargingStation": {"model": "M", "vendorName": "V"}},
    ),
]


@pytest.mark.parametrize(("requested", "sent", "payload"), TRIGGERED)
def test_a_triggered_message_comes_after_the_answer(requested: str, sent: str, payload: dict[str, object]) -> None:
    record = StationRecord()
    record.asked(0, "TriggerMessage", requestedMessage=requested)
    record.request(1, sent, payload, {})
    assert violating_frames(TRIGGERED_AFTER_ANSWER, record) == []

    record = StationRecord()
    message_id = record.lab(0, "TriggerMessage", requestedMessage=requested)
    record.request(1, sent, payload, {})
    record.answers(2, message_id, status="Accepted")
    assert violating_frames(TRIGGERED_AFTER_ANSWER, record) == [1]


@pytest.mark.parametrize(("requested", "sent", "payload"), TRIGGERED)
def test_without_a_trigger_no_message_is_triggered(requested: str, sent: str, payload: dict[str, object]) -> None:
    record = StationRecord()
    record.request(1, sent, payload, {})
    assert violating_frames(TRIGGERED_AFTER_ANSWER, record) == [0]


def test_other_messages_need_no_trigger() -> None:
    record = StationRecord()
    record.request(1, "LogStatusNotification", {"status": "Uploading", "requestId": 1}, {})
    record.event(2, "ChargingStateChanged")
    assert violating_frames(TRIGGERED_AFTER_ANSWER, record) == []


# The effects


def test_an_effect_comes_after_the_answer() -> None:
    record = StationRecord()
    message_id = record.lab(1, "RequestStopTransaction", transactionId="T1")
    record.event(2, "RemoteStop")
    record.answers(3, message_id, status="Accepted")
    record.event(4, "RemoteStop", seq_no=1)
    assert violating_frames(ANSWER_BEFORE_EFFECT, record) == [1]


def test_other_events_may_cross_the_answer() -> None:
    record = StationRecord()
    message_id = record.lab(1, "RequestStopTransaction", transactionId="T1")
    record.event(2, "MeterValuePeriodic")
    record.answers(3, message_id, status="Accepted")
    assert violating_frames(ANSWER_BEFORE_EFFECT, record) == []


def test_an_effect_may_be_that_of_an_earlier_request() -> None:
    record = StationRecord()
    record.answers(1, record.lab(1, "RequestStopTransaction", transactionId="T1"), status="Accepted")
    second = record.lab(2, "RequestStopTransaction", transactionId="T2")
    record.event(3, "RemoteStop")
    record.answers(4, second, status="Accepted")
    assert violating_frames(ANSWER_BEFORE_EFFECT, record) == []
