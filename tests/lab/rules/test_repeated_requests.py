"""Retries and repeated boot notifications."""

from typing import Any

import pytest
from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import violating_frames

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.repeated_requests import no_retry_after_answer, repeated_boot_notification
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m


def delivery_key(message: Request[Any]) -> str | None:
    return str(message.seq_no) if isinstance(message, m.TransactionEventRequest) else None


def retry_violations(record: Conversation, *, connected_at: tuple[float, ...] = (0.0,)) -> list[int | None]:
    return violating_frames(
        no_retry_after_answer("E13.FR.01", delivery_key),
        record,
        connection_periods=tuple(ConnectionPeriod(at) for at in connected_at),
    )


def answered_event() -> Conversation:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.add(Direction.FROM_LAB, 2, [3, "station-0", {}])
    return record


def test_an_answered_event_must_not_be_retried() -> None:
    record = answered_event()
    record.event(3, "MeterValuePeriodic")
    assert retry_violations(record) == [2]


def test_an_event_without_an_answer_may_be_retried() -> None:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.event(9, "MeterValuePeriodic")
    assert retry_violations(record) == []


def test_an_event_answered_with_an_error_may_be_retried() -> None:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.add(Direction.FROM_LAB, 2, [4, "station-0", "InternalError", "", {}])
    record.event(3, "MeterValuePeriodic")
    assert retry_violations(record) == []


def test_an_answered_event_may_be_retried_after_a_lost_connection() -> None:
    record = answered_event()
    record.event(9, "MeterValuePeriodic")
    assert retry_violations(record, connected_at=(0.0, 8.0)) == []


def test_an_event_with_another_seq_no_is_no_retry() -> None:
    record = answered_event()
    record.station(3, "TransactionEvent", **event_payload(seqNo=1))
    assert retry_violations(record) == []


@pytest.mark.parametrize(
    "other", [{"timestamp": "2026-01-01T00:00:02Z"}, {"eventType": "Ended"}, {"triggerReason": "ChargingStateChanged"}]
)
def test_another_event_with_the_same_seq_no_is_no_retry(other: dict[str, object]) -> None:
    record = answered_event()
    record.station(3, "TransactionEvent", **event_payload(**other))
    assert retry_violations(record) == []


def event_payload(**changes: object) -> dict[str, object]:
    return {
        "eventType": "Updated",
        "timestamp": "2026-01-01T00:00:00Z",
        "triggerReason": "MeterValuePeriodic",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "T1"},
    } | changes


def test_invalid_frames_are_skipped() -> None:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.add(Direction.FROM_STATION, 1.5, "{[")
    record.add(Direction.FROM_LAB, 2, [3, "station-0", {}])
    assert retry_violations(record) == []


BOOT = {"chargingStation": {"model": "M", "vendorName": "V"}, "reason": "PowerUp"}


def boots(*, status: str = "Accepted", interval: int = 60, repeated_at: float, triggered: bool = False) -> Conversation:
    record = Conversation()
    answered_boot(record, 10, status, interval)
    if triggered:
        record.asked(11, "TriggerMessage", requestedMessage="BootNotification")
    record.station(repeated_at, "BootNotification", **BOOT)
    return record


def answered_boot(record: Conversation, at: float, status: str, interval: int = 60) -> None:
    answer = {"currentTime": "2026-01-01T00:00:10Z", "interval": interval, "status": status}
    record.add(Direction.FROM_LAB, at, [3, record.station(at, "BootNotification", **BOOT), answer])


REPEATED_BOOT = repeated_boot_notification("B02.FR.04")


def test_no_boot_notification_follows_acceptance() -> None:
    assert violating_frames(REPEATED_BOOT, boots(repeated_at=500)) == [2]
    assert (
        violating_frames(
            REPEATED_BOOT,
            boots(repeated_at=500),
            connection_periods=(ConnectionPeriod(0.0, 400.0), ConnectionPeriod(450.0)),
        )
        == []
    )
    assert violating_frames(REPEATED_BOOT, boots(repeated_at=500, triggered=True)) == []


def test_two_connections_of_one_moment_are_distinguished_by_their_frames() -> None:
    at_one_moment = boots(repeated_at=10)
    first, second = ConnectionPeriod(10.0, 10.0), ConnectionPeriod(10.0, first_frame=2)
    assert violating_frames(REPEATED_BOOT, at_one_moment, connection_periods=(first,)) == [2]
    assert violating_frames(REPEATED_BOOT, at_one_moment, connection_periods=(first, second)) == []


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_boot_notifications_before_acceptance_keep_the_interval(status: str) -> None:
    assert violating_frames(REPEATED_BOOT, boots(status=status, repeated_at=69.5)) == []
    assert violating_frames(REPEATED_BOOT, boots(status=status, repeated_at=60)) == [2]
    assert violating_frames(REPEATED_BOOT, boots(status=status, repeated_at=20, triggered=True)) == []
    assert violating_frames(REPEATED_BOOT, boots(status=status, interval=0, repeated_at=20)) == []


def test_a_trigger_permits_one_boot_notification() -> None:
    record = boots(repeated_at=20, triggered=True)
    answered_boot(record, 20, "Accepted")
    record.asked(20, "TriggerMessage", requestedMessage="BootNotification")
    answered_boot(record, 20, "Accepted")
    assert violating_frames(REPEATED_BOOT, record) == []
    record.station(20, "BootNotification", **BOOT)
    assert violating_frames(REPEATED_BOOT, record) == [11]


def test_a_later_trigger_does_not_permit_a_boot_notification() -> None:
    record = boots(status="Pending", repeated_at=10)
    record.asked(10, "TriggerMessage", requestedMessage="BootNotification")
    assert violating_frames(REPEATED_BOOT, record) == [2]
