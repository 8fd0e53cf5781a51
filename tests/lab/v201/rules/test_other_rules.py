"""The rules that need no more than a few words each."""

import pytest
from tests.lab.rules.cases import action, breaches, broken_at
from tests.lab.v201.rules.talk import Talk, stamp

from plugfest.lab.csms.span import Span
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v201.rules.every_case import rules
from plugfest.lab.v201.rules.heartbeat_timer import HEARTBEAT_TIMER
from plugfest.lab.v201.rules.log_failure_once import LOG_FAILURE_ONCE
from plugfest.lab.v201.rules.other_connectors import OTHER_CONNECTORS
from plugfest.lab.v201.rules.reading_events import READING_EVENTS
from plugfest.lab.v201.rules.readings_in_time import READINGS_IN_TIME
from plugfest.lab.v201.rules.secrets import SECRETS
from plugfest.lab.v201.rules.transaction_ids import TRANSACTION_IDS
from plugfest.lab.verdict import Level

SCHEDULE_PERIODS = schedule_periods("K01.FR.31")


def test_every_rule_has_a_name_of_its_own_and_a_requirement() -> None:
    every = rules()
    assert len({rule.name for rule in every}) == len(every)
    assert all(rule.requirement for rule in every)


def test_what_is_only_recommended_is_known() -> None:
    recommended = {rule.requirement for rule in rules() if rule.level is Level.SHOULD}
    assert recommended == {"E07.FR.02", "J02.FR.17", "G01.FR.08", "N01.FR.10", "G02.FR.05"}


# Schedules


def composite(*starts: int) -> Talk:
    talk = Talk()
    periods = [{"startPeriod": start, "limit": 16.0} for start in starts]
    schedule = {
        "evseId": 1,
        "duration": 60,
        "scheduleStart": stamp(0),
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": periods,
    }
    talk.answers(1, talk.lab(0, "GetCompositeSchedule", duration=60, evseId=1), status="Accepted", schedule=schedule)
    return talk


def test_periods_in_the_order_of_time_are_right() -> None:
    assert broken_at(SCHEDULE_PERIODS, composite(0, 10, 20)) == []


@pytest.mark.parametrize("starts", [(0, 20, 10), (0, 10, 10), (5, 10)])
def test_periods_in_another_order_or_without_a_beginning_are_found(starts: tuple[int, ...]) -> None:
    assert broken_at(SCHEDULE_PERIODS, composite(*starts)) == [1]


def test_a_profile_that_is_reported_is_looked_at_too() -> None:
    talk = Talk()
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 9, "limit": 1.0}]}
    profile = {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [schedule],
    }
    talk.said(
        1,
        "ReportChargingProfiles",
        {"requestId": 1, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [profile]},
        {},
    )
    assert broken_at(SCHEDULE_PERIODS, talk) == [0]


# Secrets


def report(mutability: str, **value: object) -> Talk:
    talk = Talk()
    data = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "variableAttribute": [{"mutability": mutability} | value],
    }
    talk.said(1, "NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1), "reportData": [data]}, {})
    return talk


def test_a_value_that_can_only_be_written_is_not_told() -> None:
    assert broken_at(SECRETS, report("WriteOnly")) == []
    assert broken_at(SECRETS, report("ReadWrite", value="open")) == []
    assert broken_at(SECRETS, report("WriteOnly", value="secret")) == [0]


# Readings


def test_a_reading_belongs_to_the_time_of_its_transaction() -> None:
    for of, frames in ((11.0, []), (300.0, [2]), (-60.0, [2])):
        talk = Talk()
        talk.event(10, event_type="Started")
        values = [{"timestamp": stamp(of), "sampledValue": [{"value": 1}]}]
        talk.event(12, seq_no=1, meterValue=values)
        assert broken_at(READINGS_IN_TIME, talk) == frames


@pytest.mark.parametrize("reason", ["MeterValuePeriodic", "MeterValueClock"])
def test_an_event_that_is_sent_for_a_reading_holds_one(reason: str) -> None:
    talk = Talk()
    talk.event(10, reason, meterValue=[{"timestamp": stamp(10), "sampledValue": [{"value": 1}]}])
    talk.event(20, "ChargingStateChanged", seq_no=1)
    assert broken_at(READING_EVENTS, talk) == []
    talk.event(30, reason, seq_no=2)
    assert broken_at(READING_EVENTS, talk) == [4]


# Transactions


def test_an_id_is_used_for_one_transaction() -> None:
    talk = Talk()
    talk.event(1, event_type="Started")
    assert broken_at(TRANSACTION_IDS, talk) == []
    assert broken_at(TRANSACTION_IDS, talk, known=frozenset({"T1"})) == [0]


# Uploads


def test_an_upload_that_has_failed_is_over() -> None:
    talk = Talk()
    for at, status in enumerate(("Uploading", "UploadFailure", "Uploading", "Uploaded")):
        talk.said(at, "LogStatusNotification", {"status": status, "requestId": 1}, {})
    (breach,) = breaches(LOG_FAILURE_ONCE, talk)
    assert (breach.frame, breach.actual) == (4, "Uploading")


# Connectors


def test_a_cable_is_no_news_of_the_other_connectors() -> None:
    plugged = action(ActionKind.PLUG_IN, at=10.0)
    talk = Talk()
    talk.status(10, "Occupied")
    assert broken_at(OTHER_CONNECTORS, talk, plugged) == []
    talk.status(10, "Unavailable", connector_id=2)
    assert broken_at(OTHER_CONNECTORS, talk, plugged) == [2]


# Heartbeats


def beats(*times: float) -> Talk:
    talk = Talk()
    talk.status(10, "Available")
    for at in times:
        talk.said(at, "Heartbeat", {}, {"currentTime": stamp(at)})
    return talk


def test_a_heartbeat_comes_after_a_silence() -> None:
    assert broken_at(HEARTBEAT_TIMER, beats(310.0, 610.0)) == []
    assert broken_at(HEARTBEAT_TIMER, beats(200.0)) == [2]


def test_a_heartbeat_that_is_triggered_or_the_first_one_comes_when_it_likes() -> None:
    talk = Talk()
    talk.asked(5, "TriggerMessage", requestedMessage="Heartbeat")
    talk.status(10, "Available")
    talk.said(11, "Heartbeat", {}, {"currentTime": stamp(11)})
    assert broken_at(HEARTBEAT_TIMER, talk) == []
    assert broken_at(HEARTBEAT_TIMER, beats(200.0), spans=(Span(0, 150), Span(199))) == []


def test_with_another_interval_nobody_knows() -> None:
    talk = Talk()
    data = {
        "attributeValue": "60",
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "HeartbeatInterval"},
    }
    talk.lab(1, "SetVariables", setVariableData=[data])
    talk.status(10, "Available")
    talk.said(75, "Heartbeat", {}, {"currentTime": stamp(75)})
    assert broken_at(HEARTBEAT_TIMER, talk) == []
