"""Rules that OCPP-J and every version demand: message ids, answers in time, and how a breach becomes a finding."""

from tests.lab.conversations import Conversation
from tests.lab.rules.cases import broken_at, evidence

from plugfest.lab.record import Direction
from plugfest.lab.rules.answers_in_time import ANSWERS_IN_TIME
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


def test_a_breach_becomes_a_finding_with_the_name_and_the_weight_of_its_rule() -> None:
    rule = Rule("quiet please", "X01.FR.01", lambda _: iter([Breach("silence", "noise", 3)]), Level.SHOULD)
    (finding,) = judge_every([rule], evidence(Conversation()))
    assert (finding.step, finding.requirement, finding.level) == ("every case: quiet please", "X01.FR.01", "SHOULD")
    assert (finding.expected, finding.actual, finding.frame) == ("silence", "noise", 3)
    assert not finding.fails
