"""What happened offline says so, and nothing else does."""

from tests.lab.rules.cases import broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.csms.span import Span
from plugfest.lab.v201.rules.offline_flag import OFFLINE_FLAG

GAP = (Span(0, 50), Span(100))


def happened(of: float, *, offline: bool) -> Talk:
    talk = Talk()
    talk.event(101, of=of, event_type="Started", **({"offline": True} if offline else {}))
    return talk


def test_what_happened_without_a_connection_says_so() -> None:
    assert broken_at(OFFLINE_FLAG, happened(75, offline=True), spans=GAP) == []


def test_if_it_does_not_it_is_found() -> None:
    assert broken_at(OFFLINE_FLAG, happened(75, offline=False), spans=GAP) == [0]


def test_what_happened_on_a_connection_must_not_say_so() -> None:
    assert broken_at(OFFLINE_FLAG, happened(101, offline=True), spans=(Span(0),)) == [0]
    assert broken_at(OFFLINE_FLAG, happened(101, offline=False), spans=(Span(0),)) == []


def test_at_the_border_nobody_knows() -> None:
    for moment in (48.0, 52.0, 98.0, 102.0):
        for offline in (True, False):
            assert broken_at(OFFLINE_FLAG, happened(moment, offline=offline), spans=GAP) == []


def test_what_waited_for_another_try_may_have_been_offline() -> None:
    talk = Talk()
    talk.event(10, event_type="Started", answered=False)
    talk.event(40, of=10)
    talk.event(41, of=20, seq_no=1, offline=True)
    assert broken_at(OFFLINE_FLAG, talk, spans=(Span(0),)) == []
