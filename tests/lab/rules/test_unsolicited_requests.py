"""Requests that the case did not expect."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import action, evidence

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.operator.actions import ActionKind, OperatorAction
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


def inbox(name: str, **payload: object) -> Inbox:
    record = Conversation()
    record.station(1, name, **payload)
    return newest(record)


def newest(record: Conversation) -> Inbox:
    """An inbox with the last request of a record."""
    call = frames.parse(record.frames[-1].text, 10_000)
    assert isinstance(call, frames.Call)
    found = Inbox()
    found.add(codec.decode(V201.requests[call.action], call.payload), record.frames[-1])
    return found


def judged(received: Inbox) -> list[tuple[str, int | None]]:
    findings = list(
        unsolicited_requests.judge(
            received.unconsumed(), V201Support.unsolicited, V201Support.clauses, evidence(Conversation())
        )
    )
    assert all(one.step == "every case: no unsolicited requests" and one.requirement for one in findings)
    return [(one.actual, one.frame) for one in findings]


def test_a_finding_shows_the_distinguishing_fields_of_the_request() -> None:
    assert judged(inbox("FirmwareStatusNotification", status="Installed", requestId=1)) == [
        ("FirmwareStatusNotificationRequest Installed", 0)
    ]
    assert judged(inbox("TransactionEvent", eventType="Ended", **EVENT)) == [("TransactionEventRequest Ended", 0)]
    assert judged(inbox("Authorize", idToken={"idToken": "A", "type": "ISO14443"})) == [("AuthorizeRequest", 0)]


def test_requests_that_may_come_at_any_time_are_no_findings() -> None:
    assert judged(inbox("Heartbeat")) == []
    assert judged(inbox("TransactionEvent", eventType="Updated", **EVENT)) == []


def test_a_request_that_the_case_has_consumed_is_no_finding() -> None:
    received = inbox("Authorize", idToken={"idToken": "A", "type": "ISO14443"})
    received.clear()
    assert judged(received) == []


BOOT = {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}


def levels_of_boot(*actions: OperatorAction, requested: str | None = None, ended_by_lab: bool = False) -> list[str]:
    """The levels of the findings about a BootNotification in the second connection."""
    record = Conversation()
    if requested is not None:
        record.lab(5, requested, type="Immediate")
    record.station(21, "BootNotification", **BOOT)
    facts = evidence(record, *actions, connection_periods=(ConnectionPeriod(0, 10, ended_by_lab), ConnectionPeriod(20)))
    received = newest(record).unconsumed()
    findings = unsolicited_requests.judge(received, V201Support.unsolicited, V201Support.clauses, facts)
    return [one.level.value for one in findings]


def test_registering_again_after_an_expected_reconnection_violates_a_recommendation() -> None:
    assert levels_of_boot(ended_by_lab=True) == ["SHOULD"]
    assert levels_of_boot(requested="Reset") == ["SHOULD"]
    assert levels_of_boot(action(ActionKind.NETWORK_DOWN, at=9)) == ["SHOULD"]


def test_a_boot_without_any_reason_is_a_violation() -> None:
    assert levels_of_boot() == ["SHALL"]
    assert levels_of_boot(requested="TriggerMessage") == ["SHALL"]
