"""Ids of requests and transactions."""

from tests.lab.rules.evidence import evidence, stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.rules.rule import Rule
from plugfest.lab.v201.rules.agreement.requested_ids import (
    REMOTE_START_IDS,
    STARTED_TRANSACTION,
    no_event_of_earlier_transactions,
    report_request_ids,
)

EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}


def token(value: str = "APP") -> dict[str, object]:
    return {"idToken": {"idToken": value, "type": "Central"}}


def remote_start(record: StationRecord, at: float = 1, status: str = "Accepted", **answer: object) -> StationRecord:
    message_id = record.lab(at, "RequestStartTransaction", remoteStartId=7, evseId=1, **token())
    record.answers(at, message_id, status=status, **answer)
    return record


def with_remote_start_id(record: StationRecord, remote_start_id: int, value: str = "APP") -> StationRecord:
    info: dict[str, object] = {"remoteStartId": remote_start_id}
    record.event(2, "RemoteStart", event_type="Started", info=info, **token(value), **EVSE_1)
    return record


def test_a_remote_start_id_is_that_of_an_accepted_request() -> None:
    assert violating_frames(REMOTE_START_IDS, with_remote_start_id(remote_start(StationRecord()), 7)) == []
    assert violating_frames(REMOTE_START_IDS, with_remote_start_id(remote_start(StationRecord()), 8)) == [2]
    assert violating_frames(REMOTE_START_IDS, with_remote_start_id(StationRecord(), 7)) == [0]


def test_the_remote_start_id_of_a_rejected_request_is_a_violation() -> None:
    rejected = remote_start(StationRecord(), status="Rejected")
    assert violating_frames(REMOTE_START_IDS, with_remote_start_id(rejected, 7)) == [2]


def test_the_token_of_a_remote_start_is_the_requested_one() -> None:
    record = with_remote_start_id(remote_start(StationRecord()), 7, "OTHER")
    assert violating_frames(REMOTE_START_IDS, record) == [2]


# RequestStartTransactionResponse


def waiting_transaction(**fields: object) -> StationRecord:
    record = StationRecord()
    record.event(0, "CablePluggedIn", event_type="Started", **EVSE_1, **fields)
    return record


def test_the_answer_to_a_remote_start_names_the_transaction_that_waits() -> None:
    assert violating_frames(STARTED_TRANSACTION, remote_start(waiting_transaction(), transactionId="T1")) == []
    assert violating_frames(STARTED_TRANSACTION, remote_start(waiting_transaction(), transactionId="T9")) == [3]
    assert violating_frames(STARTED_TRANSACTION, remote_start(waiting_transaction())) == [3]


def test_without_a_transaction_the_answer_names_none() -> None:
    assert violating_frames(STARTED_TRANSACTION, remote_start(StationRecord())) == []


def test_the_answer_may_name_a_transaction_whose_first_event_comes_later() -> None:
    record = remote_start(StationRecord(), transactionId="T1")
    record.event(2, "CablePluggedIn", event_type="Started", **EVSE_1)
    assert violating_frames(STARTED_TRANSACTION, record) == []


def test_an_authorized_transaction_need_not_be_named() -> None:
    assert violating_frames(STARTED_TRANSACTION, remote_start(waiting_transaction(**token()))) == []


# Transactions of earlier cases


def frames_of_second_case(first: StationRecord, second: StationRecord) -> list[int | None]:
    rule = no_event_of_earlier_transactions()
    assert list(rule.judge(evidence(first))) == []
    known = frozenset({"T1"})
    return [each.frame for each in rule.judge(evidence(second, known_transactions=known))]


def ended(*, answered: bool = True) -> StationRecord:
    record = StationRecord()
    record.event(1, event_type="Started")
    record.event(2, event_type="Ended", seq_no=1, answered=answered)
    return record


def later_event() -> StationRecord:
    record = StationRecord()
    record.event(9, seq_no=2)
    return record


def test_an_event_of_a_transaction_that_ended_in_an_earlier_case_is_a_violation() -> None:
    assert frames_of_second_case(ended(), later_event()) == [0]


def test_an_end_that_was_not_answered_may_be_sent_again() -> None:
    assert frames_of_second_case(ended(answered=False), later_event()) == []


# Reports


def report(record: StationRecord, request_id: int) -> StationRecord:
    record.request(2, "NotifyReport", {"requestId": request_id, "generatedAt": stamp(2), "seqNo": 0}, {})
    return record


def requested(rule: Rule) -> None:
    record = StationRecord()
    record.asked(1, "GetBaseReport", requestId=3, reportBase="FullInventory")
    assert list(rule.judge(evidence(record))) == []


def test_a_report_has_the_id_of_its_request() -> None:
    rule = report_request_ids()
    requested(rule)
    assert violating_frames(rule, report(StationRecord(), 3)) == []
    assert violating_frames(rule, report(StationRecord(), 4)) == [0]


def test_the_id_of_another_request_does_not_count() -> None:
    record = StationRecord()
    record.asked(1, "GetMonitoringReport", requestId=3)
    assert violating_frames(report_request_ids(), report(record, 3)) == [2]
