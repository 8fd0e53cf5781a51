"""What a remote start sets off says so, and names it."""

from tests.lab.rules.cases import broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.v201.rules.remote_start import REMOTE_START


def remote_start(status: str = "Accepted") -> Talk:
    talk = Talk()
    talk.asked(
        1,
        "RequestStartTransaction",
        status=status,
        remoteStartId=7,
        idToken={"idToken": "10000001", "type": "ISO14443"},
    )
    return talk


def test_the_first_event_says_so() -> None:
    talk = remote_start()
    talk.event(2, "RemoteStart", event_type="Started", info={"remoteStartId": 7})
    talk.event(3, seq_no=1)
    assert broken_at(REMOTE_START, talk) == []


def test_another_reason_is_found() -> None:
    talk = remote_start()
    talk.event(2, "Authorized", event_type="Started", info={"remoteStartId": 7})
    assert broken_at(REMOTE_START, talk) == [2]


def test_an_id_that_comes_later_is_found() -> None:
    talk = remote_start()
    talk.event(2, "RemoteStart", event_type="Started")
    talk.event(3, seq_no=1, info={"remoteStartId": 7})
    assert broken_at(REMOTE_START, talk) == [2]


def test_what_was_told_before_it_is_another_matter() -> None:
    talk = Talk()
    talk.event(0, "CablePluggedIn", event_type="Started")
    talk.asked(1, "RequestStartTransaction", remoteStartId=7, idToken={"idToken": "1", "type": "ISO14443"})
    talk.event(2, "RemoteStart", seq_no=1, info={"remoteStartId": 7})
    assert broken_at(REMOTE_START, talk) == []


def test_a_remote_start_that_was_rejected_sets_nothing_off() -> None:
    talk = remote_start("Rejected")
    talk.event(2, "Authorized", event_type="Started", info={"remoteStartId": 7})
    assert broken_at(REMOTE_START, talk) == []
