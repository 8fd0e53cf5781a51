"""What the rules about the events of one transaction say."""

from tests.lab.rules.cases import breaches, broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.v201.rules.nothing_after_the_end import NOTHING_AFTER_THE_END
from plugfest.lab.v201.rules.seq_no import SEQ_NO
from plugfest.lab.v201.rules.started_first import STARTED_FIRST


def told(*events: tuple[int, str]) -> Talk:
    """A transaction with these seqNo and eventType, told in this order."""
    talk = Talk()
    for at, (seq_no, event_type) in enumerate(events):
        talk.event(at, seq_no=seq_no, event_type=event_type, of=seq_no)
    return talk


def broken(talk: Talk) -> list[str]:
    return [rule.requirement for rule in (SEQ_NO, STARTED_FIRST, NOTHING_AFTER_THE_END) for _ in breaches(rule, talk)]


def test_events_may_arrive_in_any_order() -> None:
    assert broken(told((1, "Updated"), (0, "Started"), (2, "Ended"))) == []


def test_an_event_that_is_sent_again_counts_once() -> None:
    assert broken(told((0, "Started"), (1, "Updated"), (1, "Updated"), (2, "Ended"))) == []


def test_an_event_that_was_queued_after_it_was_sent_is_the_same_event() -> None:
    talk = told((0, "Started"), (1, "Updated"))
    talk.event(2, seq_no=1, of=1, offline=True)
    assert broken(talk) == []


def test_a_number_that_is_left_out_is_found_at_the_event_after_it() -> None:
    talk = told((0, "Started"), (2, "Ended"))
    assert broken_at(SEQ_NO, talk) == [2]


def test_two_events_with_one_number_are_found() -> None:
    talk = told((0, "Started"), (1, "Updated"))
    talk.event(2, seq_no=1, numberOfPhasesUsed=3)
    assert broken(talk) == ["E01.FR.07"]


def test_a_transaction_that_does_not_begin_with_its_start_is_found() -> None:
    assert broken(told((0, "Updated"), (1, "Started"))) == ["Part 6 section 2.1", "Part 6 section 2.1"]


def test_nothing_comes_after_the_end() -> None:
    assert broken(told((0, "Started"), (1, "Ended"), (2, "Updated"))) == ["E06"]


def test_a_transaction_that_began_before_the_case_is_nobodys_business() -> None:
    talk = told((3, "Updated"), (5, "Ended"))
    assert broken_at(SEQ_NO, talk, known=frozenset({"T1"})) == []
