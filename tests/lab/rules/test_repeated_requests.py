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


def delivery(message: Request[Any]) -> str | None:
    return str(message.seq_no) if isinstance(message, m.TransactionEventRequest) else None


def found(record: Conversation, *, connected_at: tuple[float, ...] = (0.0,)) -> list[int | None]:
    return violating_frames(
        no_retry_after_answer("E13.FR.01", delivery),
        record,
        connection_periods=tuple(ConnectionPeriod(at) for at in connected_at),
    )


def answered_event() -> Conversation:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.add(Direction.FROM_LAB, 2, [3, "station-0", {}])
    return record


def test_an_answered_event_must_not_come_again() -> None:
    record = answered_event()
    record.event(3, "MeterValuePeriodic")
    assert found(record) == [2]


def test_an_event_that_nobody_answered_may_come_again() -> None:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.event(9, "MeterValuePeriodic")
    assert found(record) == []


def test_an_event_that_was_refused_may_come_again() -> None:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.add(Direction.FROM_LAB, 2, [4, "station-0", "InternalError", "", {}])
    record.event(3, "MeterValuePeriodic")
    assert found(record) == []


def test_after_a_lost_connection_the_answer_may_be_lost_too() -> None:
    record = answered_event()
    record.event(9, "MeterValuePeriodic")
    assert found(record, connected_at=(0.0, 8.0)) == []


def test_events_with_other_numbers_are_other_events() -> None:
    record = answered_event()
    record.station(3, "TransactionEvent", **event_payload(seqNo=1))
    assert found(record) == []


def event_payload(**changes: object) -> dict[str, object]:
    return {
        "eventType": "Updated",
        "timestamp": "2026-01-01T00:00:00Z",
        "triggerReason": "MeterValuePeriodic",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "T1"},
    } | changes


def test_what_is_no_ocpp_is_passed_over() -> None:
    record = Conversation()
    record.event(1, "MeterValuePeriodic")
    record.add(Direction.FROM_STATION, 1.5, "{[")
    record.add(Direction.FROM_LAB, 2, [3, "station-0", {}])
    assert found(record) == []


def boots(*, status: str = "Accepted", interval: int = 60, again: float, asked: bool = False) -> Conversation:
    record = Conversation()
    station = {"chargingStation": {"model": "M", "vendorName": "V"}, "reason": "PowerUp"}
    first = record.station(10, "BootNotification", **station)
    answer = {"currentTime": "2026-01-01T00:00:10Z", "interval": interval, "status": status}
    record.add(Direction.FROM_LAB, 10, [3, first, answer])
    if asked:
        record.asked(11, "TriggerMessage", requestedMessage="BootNotification")
    record.station(again, "BootNotification", **station)
    return record


BOOT_AGAIN = repeated_boot_notification("B02.FR.04")


def test_a_station_that_is_accepted_introduces_itself_no_more() -> None:
    assert violating_frames(BOOT_AGAIN, boots(again=500)) == [2]
    assert (
        violating_frames(
            BOOT_AGAIN, boots(again=500), connection_periods=(ConnectionPeriod(0.0, 400.0), ConnectionPeriod(450.0))
        )
        == []
    )
    assert violating_frames(BOOT_AGAIN, boots(again=500, asked=True)) == []


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_a_station_that_has_to_wait_waits(status: str) -> None:
    assert violating_frames(BOOT_AGAIN, boots(status=status, again=69.5)) == []
    assert violating_frames(BOOT_AGAIN, boots(status=status, again=60)) == [2]
    assert violating_frames(BOOT_AGAIN, boots(status=status, again=20, asked=True)) == []
    assert violating_frames(BOOT_AGAIN, boots(status=status, interval=0, again=20)) == []
