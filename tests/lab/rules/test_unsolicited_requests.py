"""Requests that the case did not wait for."""

from tests.lab.conversations import Conversation

from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.rules import unsolicited_requests
from plugfest.lab.v201.support import V201Support
from plugfest.ocpp import codec, frames
from plugfest.ocpp.versions import V201

EVENT = {
    "timestamp": "2026-01-01T00:00:00Z",
    "triggerReason": "MeterValuePeriodic",
    "seqNo": 1,
    "transactionInfo": {"transactionId": "T1"},
}


def inbox(action: str, **payload: object) -> Inbox:
    record = Conversation()
    record.station(1, action, **payload)
    call = frames.parse(record.frames[0].text, 10_000)
    assert isinstance(call, frames.Call)
    found = Inbox()
    found.add(codec.decode(V201.requests[action], call.payload), record.frames[0])
    return found


def judged(box: Inbox) -> list[tuple[str, int | None]]:
    findings = list(unsolicited_requests.judge(box.unconsumed(), V201Support.unsolicited, V201Support.clauses.scenario))
    assert all(one.step == "every case: no unsolicited requests" and one.requirement for one in findings)
    return [(one.actual, one.frame) for one in findings]


def test_a_message_that_nobody_waited_for_is_found_with_what_tells_it_from_others() -> None:
    assert judged(inbox("FirmwareStatusNotification", status="Installed", requestId=1)) == [
        ("FirmwareStatusNotificationRequest Installed", 0)
    ]
    assert judged(inbox("TransactionEvent", eventType="Ended", **EVENT)) == [("TransactionEventRequest Ended", 0)]
    assert judged(inbox("Authorize", idToken={"idToken": "A", "type": "ISO14443"})) == [("AuthorizeRequest", 0)]


def test_what_a_station_says_by_itself_is_no_finding() -> None:
    assert judged(inbox("Heartbeat")) == []
    assert judged(inbox("TransactionEvent", eventType="Updated", **EVENT)) == []


def test_what_a_case_has_taken_is_no_finding() -> None:
    box = inbox("Authorize", idToken={"idToken": "A", "type": "ISO14443"})
    box.clear()
    assert judged(box) == []
