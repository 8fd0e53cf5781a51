"""Timestamps, heartbeats and reports of OCPP 2.0.1."""

import pytest
from tests.lab.rules.cases import action, broken_at, stamp
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.csms.span import Span
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.messages import HEARTBEAT_TIMER, SECRETS, TIME_OF_NOW

TOLERANCE = 4.0


@pytest.mark.parametrize("off", [0.0, TOLERANCE, -TOLERANCE])
def test_within_the_tolerance_it_is_right(off: float) -> None:
    talk = Talk()
    talk.status(100, "Occupied", of=100 + off)
    assert broken_at(TIME_OF_NOW, talk) == []


@pytest.mark.parametrize("off", [TOLERANCE + 1, -TOLERANCE - 1, 3600, -3600])
def test_beyond_the_tolerance_it_is_found(off: float) -> None:
    talk = Talk()
    talk.status(100, "Occupied", of=100 + off)
    assert broken_at(TIME_OF_NOW, talk) == [0]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(1)}),
        ("NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1)}),
        ("NotifyCustomerInformation", {"requestId": 1, "seqNo": 0, "data": "", "generatedAt": stamp(1)}),
        ("MeterValues", {"evseId": 1, "meterValue": [{"timestamp": stamp(1), "sampledValue": [{"value": 1}]}]}),
    ],
)
def test_every_message_with_such_a_time_is_looked_at(action: str, payload: dict[str, object]) -> None:
    soon, late = Talk(), Talk()
    soon.said(2, action, payload, {})
    late.said(60, action, payload, {})
    assert broken_at(TIME_OF_NOW, soon) == []
    assert broken_at(TIME_OF_NOW, late) == [0]


def test_what_waited_for_a_connection_may_be_old() -> None:
    talk = Talk()
    talk.event(100, of=20, offline=True)
    assert broken_at(TIME_OF_NOW, talk, spans=(Span(0, 10), Span(99))) == []


def test_nothing_comes_before_it_happens_whatever_the_connection() -> None:
    talk = Talk()
    talk.event(100, of=200, offline=True)
    assert broken_at(TIME_OF_NOW, talk, spans=(Span(0, 10), Span(99))) == [0]


def test_what_waited_for_an_answer_may_be_old() -> None:
    talk = Talk()
    heartbeat = talk.station(10, "Heartbeat")
    talk.heard(38, heartbeat, {"currentTime": stamp(38)})
    talk.status(38, "Occupied", of=12)
    assert broken_at(TIME_OF_NOW, talk) == []


def test_what_waited_for_the_boot_to_be_accepted_may_be_old() -> None:
    talk = Talk()
    boot = {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}
    for at, status in ((1, "Rejected"), (60, "Accepted")):
        talk.said(at, "BootNotification", boot, {"currentTime": stamp(at), "interval": 60, "status": status})
    talk.said(61, "SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(0)}, {})
    assert broken_at(TIME_OF_NOW, talk) == []


def test_an_event_that_is_tried_again_is_as_old_as_it_was_and_so_are_those_behind_it() -> None:
    talk = Talk()
    talk.event(10, answered=False)
    talk.event(40, of=10)
    talk.event(40, of=20, seq_no=1)
    assert broken_at(TIME_OF_NOW, talk) == []


def test_a_network_that_the_hands_cut_is_no_connection_whatever_the_lab_sees() -> None:
    talk = Talk()
    talk.event(100, of=50, offline=True)
    cut = action(ActionKind.CUT_NETWORK, at=40.0)
    assert broken_at(TIME_OF_NOW, talk, cut, spans=(Span(0, 98), Span(99))) == []
    assert broken_at(TIME_OF_NOW, talk, spans=(Span(0, 98), Span(99))) == [0]


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
