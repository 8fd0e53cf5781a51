"""StopTransaction of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Token
from plugfest.lab.v16.rules.stopped_transactions import (
    CAUSES,
    KNOWN_ID_TAG,
    OMITTED_REASON,
    REASON,
    stop_id_tag,
)
from plugfest.lab.verdict import Level


def presented(at: float, frame: int = 0, id_tag: str = "A") -> OperatorAction:
    return action(ActionKind.PRESENT_TOKEN, at, frame, token=Token(id_tag, "ISO14443"))


STARTED = presented(9)


def stopped(
    reason: str | None,
    *asked: tuple[str, dict[str, object]],
    start_status: str = "Accepted",
    **fields: object,
) -> StationRecord:
    """A transaction from 10 to 30 that stops after these requests of the lab."""
    record = StationRecord()
    record.start(10, status=start_status)
    for name, payload in asked:
        record.asked(20, name, **payload)
    record.stop(30, **fields, **({} if reason is None else {"reason": reason}))
    return record


RESET_HARD = ("Reset", {"type": "Hard"})
RESET_SOFT = ("Reset", {"type": "Soft"})
REMOTE_STOP = ("RemoteStopTransaction", {"transactionId": 7})
OTHER_REMOTE_STOP = ("RemoteStopTransaction", {"transactionId": 8})
UNLOCK = ("UnlockConnector", {"connectorId": 1})
UNLOCK_OTHER = ("UnlockConnector", {"connectorId": 2})


@pytest.mark.parametrize("reason", sorted(CAUSES))
def test_a_reason_without_its_cause_is_a_violation(reason: str) -> None:
    assert violating_frames(REASON, stopped(reason), STARTED) == [2]


def test_other_needs_no_cause() -> None:
    assert violating_frames(REASON, stopped("Other"), STARTED) == []


@pytest.mark.parametrize(
    ("reason", "request_", "frames"),
    [
        ("HardReset", RESET_HARD, []),
        ("HardReset", RESET_SOFT, [4]),
        ("SoftReset", RESET_SOFT, []),
        ("SoftReset", RESET_HARD, [4]),
        ("Remote", REMOTE_STOP, []),
        ("Remote", OTHER_REMOTE_STOP, [4]),
        ("Local", REMOTE_STOP, [4]),
        ("UnlockCommand", UNLOCK, []),
        ("UnlockCommand", UNLOCK_OTHER, [4]),
    ],
)
def test_a_request_of_the_lab_explains_its_reason(
    reason: str, request_: tuple[str, dict[str, object]], frames: list[int]
) -> None:
    assert violating_frames(REASON, stopped(reason, request_), STARTED) == frames


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("EVDisconnected", ActionKind.UNPLUG),
        ("PowerLoss", ActionKind.POWER_OFF),
        ("EmergencyStop", ActionKind.FAULT),
    ],
)
def test_an_act_explains_its_reason_if_it_came_before_the_stop(reason: str, kind: ActionKind) -> None:
    record = stopped(reason)
    for act, frames in (
        (action(kind, 20, frame=2), []),
        (action(kind, 30, frame=3), [2]),  # asked for after the stop
        (action(kind, 1, frame=0), [2]),  # of an earlier transaction
    ):
        assert violating_frames(REASON, record, STARTED, act) == frames


def test_another_connector_explains_no_disconnection() -> None:
    elsewhere = action(ActionKind.UNPLUG, 20, frame=2, evse_id=2)
    assert violating_frames(REASON, stopped("EVDisconnected"), STARTED, elsewhere) == [2]


def test_a_response_that_refuses_the_id_tag_explains_deauthorized() -> None:
    assert violating_frames(REASON, stopped("DeAuthorized", start_status="Invalid"), STARTED) == []


def test_a_boot_explains_reboot() -> None:
    record = StationRecord()
    record.start(10)
    answer: dict[str, object] = {"status": "Accepted", "currentTime": "2026-01-01T00:00:20Z", "interval": 300}
    record.request(20, "BootNotification", answer, chargePointModel="M", chargePointVendor="V")
    record.stop(30, reason="Reboot")
    assert violating_frames(REASON, record, STARTED) == []


def test_a_second_presentation_explains_local_and_an_omitted_reason() -> None:
    again = presented(29, frame=2, id_tag="B")
    for reason, rule in (("Local", REASON), (None, OMITTED_REASON)):
        assert violating_frames(rule, stopped(reason), STARTED) == [2]
        assert violating_frames(rule, stopped(reason), STARTED, again) == []
    assert OMITTED_REASON.level is Level.SHOULD


def test_a_stop_after_a_remote_start_is_local_with_one_presentation() -> None:
    record = StationRecord()
    record.asked(5, "RemoteStartTransaction", idTag="A")
    record.start(10)
    record.stop(30, reason="Local")
    assert violating_frames(REASON, record) == [4]
    assert violating_frames(REASON, record, presented(29, frame=4)) == []


def test_both_presentations_may_come_before_a_queued_start() -> None:
    record = StationRecord()
    record.start(60, timestamp=10)
    record.stop(61, timestamp=30, reason="Local")
    assert violating_frames(REASON, record, STARTED, presented(29)) == []
    assert violating_frames(REASON, record, STARTED) == [2]


# idTag


def test_the_id_tag_of_a_stop_started_the_transaction_or_was_presented() -> None:
    for id_tag, frames in (("A", []), ("a", []), ("B", []), ("C", [2])):
        record = stopped("Local", idTag=id_tag)
        assert violating_frames(stop_id_tag(record.ledger), record, STARTED, presented(29, 2, "B")) == frames


def test_an_id_tag_that_is_presented_after_the_stop_did_not_stop() -> None:
    record = stopped("Local", idTag="B")
    assert violating_frames(stop_id_tag(record.ledger), record, STARTED, presented(30, 3, "B")) == [2]
    record = stopped("Local")
    assert violating_frames(stop_id_tag(record.ledger), record, STARTED) == []


@pytest.mark.parametrize(
    ("reason", "id_tag", "again", "frames"),
    [
        ("Local", None, "A", [2]),
        (None, None, "A", [2]),
        ("Local", "A", "A", []),
        ("Local", None, "B", []),  # it may be refused, and the driver presses a button
        ("EVDisconnected", None, "A", []),
    ],
)
def test_the_id_tag_of_a_driver_who_stops_is_sent(
    reason: str | None, id_tag: str | None, again: str, frames: list[int]
) -> None:
    record = stopped(reason, **({} if id_tag is None else {"idTag": id_tag}))
    assert violating_frames(KNOWN_ID_TAG, record, STARTED, presented(25, frame=2, id_tag=again)) == frames


def test_a_button_stops_without_an_id_tag() -> None:
    assert violating_frames(KNOWN_ID_TAG, stopped("Local"), STARTED) == []


def test_the_id_tag_that_starts_another_transaction_stops_none() -> None:
    record = StationRecord()
    record.start(10)
    record.start(20, connector_id=2, transaction_id=8)
    record.stop(30, reason="Local")
    assert violating_frames(KNOWN_ID_TAG, record, STARTED, presented(19, frame=2)) == []
