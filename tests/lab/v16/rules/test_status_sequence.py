"""Statuses of a connector of OCPP 1.6 that a transaction excludes, and changes that need a session."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Token
from plugfest.lab.v16.rules.status_sequence import DURING_TRANSACTION, ENDED_USAGE, TRANSITIONS


def charging() -> StationRecord:
    """A transaction from second 10 on, in frame 0, and Charging in frame 2."""
    record = StationRecord()
    record.start(10)
    record.status(10, "Charging", timestamp=10)
    return record


def stopped_by_request(record: StationRecord, at: float) -> None:
    record.asked(at, "RemoteStopTransaction", transactionId=7)
    record.stop(at, reason="Remote")


@pytest.mark.parametrize("status", ["Available", "Preparing", "Finishing", "Reserved", "Unavailable"])
@pytest.mark.parametrize("stopped_at", [12, 60])
def test_a_status_without_a_transaction_does_not_come_before_its_stop(status: str, stopped_at: float) -> None:
    record = charging()
    record.status(11, status, timestamp=11)
    stopped_by_request(record, stopped_at)
    assert violating_frames(DURING_TRANSACTION, record) == [4]


@pytest.mark.parametrize("status", ["SuspendedEV", "SuspendedEVSE", "Charging", "Faulted"])
def test_other_statuses_are_those_of_a_transaction(status: str) -> None:
    record = charging()
    record.status(11, status, timestamp=11)
    stopped_by_request(record, 60)
    assert violating_frames(DURING_TRANSACTION, record) == []


def test_the_status_may_come_before_the_message_about_the_stop() -> None:
    record = charging()
    record.asked(20, "RemoteStopTransaction", transactionId=7)
    record.status(20, "Finishing", timestamp=20)
    record.stop(30, timestamp=20, reason="Remote")
    assert violating_frames(DURING_TRANSACTION, record) == []


@pytest.mark.parametrize(("started", "frames"), [(10, [2]), (29, [])])
def test_the_start_may_have_been_queued(started: float, frames: list[int]) -> None:
    record = StationRecord()
    record.status(30, "Charging", timestamp=30)
    record.status(30, "Unavailable", timestamp=30)
    record.start(31, timestamp=started)
    stopped_by_request(record, 60)
    assert violating_frames(DURING_TRANSACTION, record) == frames


def test_a_transaction_without_connection_may_have_stopped_before_the_status() -> None:
    record = StationRecord()
    record.status(60, "Finishing", timestamp=60)
    record.start(61, timestamp=10)
    record.stop(62, timestamp=40, reason="Other")
    assert violating_frames(DURING_TRANSACTION, record) == []


def test_preparing_may_be_reported_late() -> None:
    record = StationRecord()
    record.start(10)
    record.status(12, "Preparing", timestamp=10)
    stopped_by_request(record, 60)
    assert violating_frames(DURING_TRANSACTION, record) == []


def test_after_a_boot_the_station_may_resume_the_transaction() -> None:
    record = charging()
    answer: dict[str, object] = {"status": "Accepted", "currentTime": "2026-01-01T00:00:20Z", "interval": 300}
    record.request(20, "BootNotification", answer, chargePointModel="M", chargePointVendor="V")
    record.status(21, "Unavailable", timestamp=21)
    stopped_by_request(record, 60)
    assert violating_frames(DURING_TRANSACTION, record) == []


def test_a_stop_for_another_reason_is_judged_by_its_time() -> None:
    record = charging()
    record.status(20, "Finishing", timestamp=20)
    record.stop(60, reason="Other")
    assert violating_frames(DURING_TRANSACTION, record) == [4]


def test_a_stop_for_another_reason_at_the_time_of_the_status_is_permitted() -> None:
    record = charging()
    record.status(20, "Finishing", timestamp=20)
    record.stop(60, timestamp=21, reason="Other")
    assert violating_frames(DURING_TRANSACTION, record) == []


@pytest.mark.parametrize("status", ["Charging", "SuspendedEV", "SuspendedEVSE"])
def test_no_transaction_continues_after_finishing(status: str) -> None:
    record = StationRecord()
    record.status(20, "Finishing")
    record.status(40, status)
    assert violating_frames(TRANSITIONS, record) == [2]


def test_a_new_transaction_may_begin_after_finishing() -> None:
    record = StationRecord()
    record.status(20, "Finishing")
    record.start(30)
    record.status(40, "Charging")
    assert violating_frames(TRANSITIONS, record) == []


def test_it_may_be_reported_before_the_end_of_the_one_before() -> None:
    record = StationRecord()
    record.start(10)
    record.stop(20)
    record.start(20, transaction_id=8)
    record.status(21, "Finishing", timestamp=20)
    record.status(22, "Charging", timestamp=21)
    assert violating_frames(TRANSITIONS, record) == []


def test_the_first_transaction_is_not_a_new_one() -> None:
    record = StationRecord()
    record.start(20)
    record.status(20, "Finishing", timestamp=20)
    record.status(20, "SuspendedEV", timestamp=20)
    assert violating_frames(TRANSITIONS, record) == [4]


def test_a_start_that_was_queued_is_a_new_transaction() -> None:
    record = StationRecord()
    record.status(20, "Finishing")
    record.status(40, "Charging")
    record.start(50, timestamp=30)
    assert violating_frames(TRANSITIONS, record) == []


def test_an_available_connector_does_not_finish() -> None:
    record = StationRecord()
    record.status(20, "Available")
    record.status(21, "Finishing")
    assert violating_frames(TRANSITIONS, record, action(ActionKind.PLUG_IN, 5)) == [2]


@pytest.mark.parametrize("kind", [ActionKind.PLUG_IN, ActionKind.PARK])
def test_it_may_finish_after_a_usage_without_a_transaction(kind: ActionKind) -> None:
    record = StationRecord()
    record.status(20, "Available")
    record.status(90, "Finishing")
    assert violating_frames(TRANSITIONS, record, action(kind, 30, frame=2)) == []


def test_connectors_are_judged_one_by_one() -> None:
    record = StationRecord()
    record.status(20, "Available", connector_id=2)
    record.status(21, "Finishing")
    record.status(22, "Charging", connector_id=2)
    assert violating_frames(TRANSITIONS, record) == []


@pytest.mark.parametrize(
    ("statuses", "again", "frames"),
    [
        (["Preparing"], None, []),
        (["Preparing", "Available"], None, [4]),
        (["Preparing", "Available", "Preparing"], None, [6]),
        (["Preparing", "Available"], 4, []),
        (["Available"], None, []),
    ],
)
def test_the_end_of_the_intended_usage_ends_the_authorization(
    statuses: list[str], again: int | None, frames: list[int]
) -> None:
    record = StationRecord()
    for at, status in enumerate(statuses, 10):
        record.status(at, status, timestamp=at)
    record.start(20)
    token = Token("A", "ISO14443")
    presented = [action(ActionKind.PRESENT_TOKEN, 9, token=token)]
    presented += [] if again is None else [action(ActionKind.PRESENT_TOKEN, 15, frame=again, token=token)]
    assert violating_frames(ENDED_USAGE, record, *presented) == frames


def test_a_transaction_that_was_queued_may_have_begun_before_the_end() -> None:
    record = StationRecord()
    record.status(40, "Preparing", timestamp=10)
    record.status(41, "Available", timestamp=40)
    record.start(42, timestamp=12)
    assert violating_frames(ENDED_USAGE, record) == []
