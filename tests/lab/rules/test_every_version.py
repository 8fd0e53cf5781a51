"""Rules that OCPP-J and every version demand: message ids, answers in time, and how a breach becomes a finding."""

import pytest
from tests.lab.conversations import Conversation
from tests.lab.rules.cases import broken_at, evidence

from plugfest.lab.csms.span import Span
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.answers_in_time import ANSWERS_IN_TIME
from plugfest.lab.rules.boot_again import boot_again
from plugfest.lab.rules.message_ids import message_ids
from plugfest.lab.rules.rule import Breach, Rule, judge_every
from plugfest.lab.verdict import Level

WITH_LIMIT = "chargepoint-ct4000"
"""Whose vendor allows 10 s."""


def heartbeat(message_id: str, at: float = 1.0) -> Conversation:
    talk = Conversation()
    talk.add(Direction.FROM_STATION, at, [2, message_id, "Heartbeat", {}])
    return talk


def test_a_message_id_is_used_once_in_a_campaign() -> None:
    rule = message_ids("4.1.4")
    assert broken_at(rule, heartbeat("a")) == []
    assert broken_at(rule, heartbeat("b")) == []
    assert broken_at(rule, heartbeat("a")) == [0]


def test_the_lab_may_use_the_same_ids() -> None:
    talk = heartbeat("a")
    talk.add(Direction.FROM_LAB, 2, [2, "a", "ClearCache", {}])
    assert broken_at(message_ids("4.1.4"), talk) == []


def answered(after: float) -> Conversation:
    talk = Conversation()
    talk.answers(1 + after, talk.lab(1, "ClearCache"), status="Accepted")
    return talk


def test_an_answer_within_the_limit_of_the_vendor_is_right() -> None:
    assert broken_at(ANSWERS_IN_TIME, answered(10.0), product=WITH_LIMIT) == []


def test_a_later_one_is_found() -> None:
    assert broken_at(ANSWERS_IN_TIME, answered(11.0), product=WITH_LIMIT) == [1]


def test_without_a_limit_of_the_vendor_that_of_the_lab_holds() -> None:
    assert broken_at(ANSWERS_IN_TIME, answered(29.0), product="reference-ac") == []
    assert broken_at(ANSWERS_IN_TIME, answered(31.0), product="reference-ac") == [1]


def boots(*, status: str = "Accepted", interval: int = 60, again: float, asked: bool = False) -> Conversation:
    talk = Conversation()
    station = {"chargingStation": {"model": "M", "vendorName": "V"}, "reason": "PowerUp"}
    first = talk.station(10, "BootNotification", **station)
    answer = {"currentTime": "2026-01-01T00:00:10Z", "interval": interval, "status": status}
    talk.add(Direction.FROM_LAB, 10, [3, first, answer])
    if asked:
        talk.asked(11, "TriggerMessage", requestedMessage="BootNotification")
    talk.station(again, "BootNotification", **station)
    return talk


BOOT_AGAIN = boot_again("B02.FR.04")


def test_a_station_that_is_accepted_introduces_itself_no_more() -> None:
    assert broken_at(BOOT_AGAIN, boots(again=500)) == [2]
    assert broken_at(BOOT_AGAIN, boots(again=500), spans=(Span(0.0, 400.0), Span(450.0))) == []
    assert broken_at(BOOT_AGAIN, boots(again=500, asked=True)) == []


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_a_station_that_has_to_wait_waits(status: str) -> None:
    assert broken_at(BOOT_AGAIN, boots(status=status, again=69.5)) == []
    assert broken_at(BOOT_AGAIN, boots(status=status, again=60)) == [2]
    assert broken_at(BOOT_AGAIN, boots(status=status, again=20, asked=True)) == []
    assert broken_at(BOOT_AGAIN, boots(status=status, interval=0, again=20)) == []


def test_a_breach_becomes_a_finding_with_the_name_and_the_weight_of_its_rule() -> None:
    rule = Rule("quiet please", "X01.FR.01", lambda _: iter([Breach("silence", "noise", 3)]), Level.SHOULD)
    (finding,) = judge_every([rule], evidence(Conversation()))
    assert (finding.step, finding.requirement, finding.level) == ("every case: quiet please", "X01.FR.01", "SHOULD")
    assert (finding.expected, finding.actual, finding.frame) == ("silence", "noise", 3)
    assert not finding.fails
