"""Connector status of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.connectors import (
    COMMUNICATION_ERROR,
    FAULTED_WITH_ERROR,
    KNOWN_CONNECTORS,
    LIST_CONFLICT,
    ORDER,
    STATION_STATUS,
    connector_status_rule,
    status_time,
)
from plugfest.lab.verdict import Level

CONNECTOR_STATUS = connector_status_rule(Ledger())

PLUGGED_IN = action(ActionKind.PLUG_IN, at=10.0)
PLUGGED_IN_AT_EVSE_2 = action(ActionKind.PLUG_IN, at=10.0, evse_id=2)
PRESENTED = action(ActionKind.PRESENT_TOKEN, at=10.0, token=Tokens().valid)
OTHER_STATUSES = (
    "Preparing",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
)


def status(name: str, *, record: StationRecord | None = None, timestamp: float | None = None) -> StationRecord:
    record = record or StationRecord()
    record.status(50, name, timestamp=timestamp)
    return record


def after(action: str, **payload: object) -> StationRecord:
    record = StationRecord()
    record.asked(20, action, **payload)
    return record


@pytest.mark.parametrize("name", OTHER_STATUSES)
@pytest.mark.parametrize("actions", [(), (PLUGGED_IN_AT_EVSE_2,)], ids=["nothing", "elsewhere"])
def test_an_untouched_connector_is_available(name: str, actions: tuple[OperatorAction, ...]) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available"), *actions) == []
    assert violating_frames(CONNECTOR_STATUS, status(name), *actions) == [0]


@pytest.mark.parametrize("name", ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Available"])
def test_with_a_cable_the_connector_is_in_use_or_available_after_the_connection_timeout(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status(name), PLUGGED_IN, PRESENTED) == []


@pytest.mark.parametrize("name", ["Charging", "SuspendedEV", "SuspendedEVSE"])
def test_a_token_without_a_cable_allows_preparing_but_no_charging(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Preparing"), PRESENTED) == []
    assert violating_frames(CONNECTOR_STATUS, status(name), PRESENTED) == [0]
    assert violating_frames(CONNECTOR_STATUS, status(name), PLUGGED_IN) == [0]


def test_after_a_remote_start_the_connector_may_be_preparing() -> None:
    there = after("RemoteStartTransaction", idTag="A", connectorId=1)
    assert violating_frames(CONNECTOR_STATUS, status("Preparing", record=there)) == []
    elsewhere = after("RemoteStartTransaction", idTag="A", connectorId=2)
    assert violating_frames(CONNECTOR_STATUS, status("Preparing", record=elsewhere)) == [2]


def test_a_status_is_judged_at_its_timestamp() -> None:
    unplugged = action(ActionKind.UNPLUG, at=30.0)
    acts = PLUGGED_IN, PRESENTED, unplugged
    assert violating_frames(CONNECTOR_STATUS, status("Charging"), *acts) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Charging", timestamp=20), *acts) == []


@pytest.mark.parametrize(
    "cause",
    [
        action(ActionKind.FAULT, at=10.0),
        action(ActionKind.JAM_LOCK, at=10.0),
        action(ActionKind.PLUG_IN, at=10.0, seated=False),
    ],
    ids=["fault", "lock", "half-way"],
)
def test_a_fault_or_a_failed_lock_may_be_reported_as_faulted(cause: OperatorAction) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Faulted"), cause) == []


def test_a_faulted_connector_is_not_available() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available"), action(ActionKind.FAULT, at=10.0)) == [0]
    cleared = action(ActionKind.CLEAR_FAULT, at=20.0)
    assert violating_frames(CONNECTOR_STATUS, status("Available"), action(ActionKind.FAULT, at=10.0), cleared) == []


@pytest.mark.parametrize("connector_id", [0, 1])
def test_an_inoperative_connector_is_unavailable(connector_id: int) -> None:
    record = after("ChangeAvailability", connectorId=connector_id, type="Inoperative")
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == []
    record = after("ChangeAvailability", connectorId=connector_id, type="Inoperative")
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=record)) == [2]


@pytest.mark.parametrize("connector_id", [0, 1])
def test_a_reservation_may_be_reported(connector_id: int) -> None:
    record = after(
        "ReserveNow", connectorId=connector_id, idTag="A", reservationId=1, expiryDate="2026-01-01T01:00:00Z"
    )
    assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=record)) == []


def reserved(connector_id: int = 1, *, expiry: str = "2026-01-01T01:00:00Z", answer: str = "Accepted") -> StationRecord:
    record = StationRecord()
    record.asked(20, "ReserveNow", answer, connectorId=connector_id, idTag="A", reservationId=1, expiryDate=expiry)
    return record


def test_a_refused_reservation_is_none() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=reserved(answer="Occupied"))) == [2]


def test_a_reservation_ends_with_its_expiry() -> None:
    for expiry, frames in (("2026-01-01T00:00:30Z", [2]), ("2026-01-01T00:00:48Z", [])):
        assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=reserved(expiry=expiry))) == frames


@pytest.mark.parametrize(
    ("at", "answer", "frames"), [(30, "Accepted", [4]), (48, "Accepted", []), (30, "Rejected", [])]
)
@pytest.mark.parametrize("connector_id", [0, 1])
def test_a_reservation_ends_with_its_cancellation(connector_id: int, at: float, answer: str, frames: list[int]) -> None:
    record = reserved(connector_id)
    record.asked(at, "CancelReservation", answer, reservationId=1)
    assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=record)) == frames


@pytest.mark.parametrize(("reservation_id", "frames"), [(1, [4]), (2, [])])
def test_a_reservation_ends_with_its_use(reservation_id: int, frames: list[int]) -> None:
    record = reserved()
    record.start(30, reservationId=reservation_id)
    assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=record)) == frames


@pytest.mark.parametrize(("connector_id", "frames"), [(0, []), (1, [6])])
def test_the_reservation_of_a_connector_ends_when_it_is_available_again(connector_id: int, frames: list[int]) -> None:
    record = reserved(connector_id)
    record.status(21, "Reserved")
    record.status(25, "Available")
    record.status(26, "Reserved")
    assert violating_frames(CONNECTOR_STATUS, record) == frames


def test_before_a_reset_the_connector_may_be_unavailable() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=after("Reset", type="Soft"))) == []


def test_the_charge_point_has_three_statuses() -> None:
    record = StationRecord()
    record.status(1, "Available", connector_id=0)
    record.status(2, "Preparing", connector_id=0)
    record.status(30, "Preparing", connector_id=1)
    assert violating_frames(STATION_STATUS, record) == [2]
    assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN) == []


def test_the_status_of_an_unknown_connector_is_a_violation() -> None:
    record = StationRecord()
    for connector_id in (0, 1, 2, 3):
        record.status(50, "Available", connector_id=connector_id)
    assert violating_frames(KNOWN_CONNECTORS, record) == [6]


@pytest.mark.parametrize(("name", "frames"), [("SuspendedEV", []), ("Finishing", []), ("Charging", [0])])
def test_communication_errors_of_the_ev_are_warnings_in_four_statuses(name: str, frames: list[int]) -> None:
    record = StationRecord()
    record.request(1, "StatusNotification", connectorId=1, status=name, errorCode="EVCommunicationError")
    assert violating_frames(COMMUNICATION_ERROR, record) == frames


@pytest.mark.parametrize(("connector_id", "frames"), [(0, []), (1, [0])])
def test_a_conflict_of_the_local_list_is_one_of_the_station(connector_id: int, frames: list[int]) -> None:
    record = StationRecord()
    record.request(1, "StatusNotification", connectorId=connector_id, status="Available", errorCode="LocalListConflict")
    assert violating_frames(LIST_CONFLICT, record) == frames


@pytest.mark.parametrize(("code", "frames"), [("OtherError", []), ("NoError", [0])])
def test_the_error_code_of_a_fault_is_a_recommendation(code: str, frames: list[int]) -> None:
    record = StationRecord()
    record.request(1, "StatusNotification", connectorId=1, status="Faulted", errorCode=code)
    assert violating_frames(FAULTED_WITH_ERROR, record) == frames
    assert FAULTED_WITH_ERROR.level is Level.SHOULD


# Acts and their order

UNPLUGGED = action(ActionKind.UNPLUG, at=30.0)


def test_a_status_that_was_sent_before_an_act_does_not_follow_from_it() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Preparing"), action(ActionKind.PLUG_IN, 50.0, frame=1)) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Preparing"), action(ActionKind.PLUG_IN, 50.0, frame=0)) == []


@pytest.mark.parametrize("name", ["Preparing", "Finishing"])
def test_a_connector_is_not_in_use_after_the_driver_has_left(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status(name), PLUGGED_IN, UNPLUGGED) == [0]
    late = action(ActionKind.UNPLUG, at=47.0)
    assert violating_frames(CONNECTOR_STATUS, status(name), PLUGGED_IN, late) == []


def test_a_parking_bay_is_in_use_until_the_ev_leaves() -> None:
    parked, left = action(ActionKind.PARK, at=5.0), action(ActionKind.LEAVE, at=40.0)
    assert violating_frames(CONNECTOR_STATUS, status("Preparing"), parked) == []
    assert violating_frames(CONNECTOR_STATUS, status("Preparing"), parked, left) == [0]


def test_the_tolerance_ends_when_the_station_has_noticed_the_change() -> None:
    cleared = action(ActionKind.FAULT, at=10.0), action(ActionKind.CLEAR_FAULT, at=20.0)
    for reported, frames in ((("Faulted",), []), (("Available", "Faulted"), [2]), (("Faulted", "Available"), [])):
        record = StationRecord()
        for number, name in enumerate(reported):
            record.status(21 + number, name)
        assert violating_frames(CONNECTOR_STATUS, record, *cleared) == frames


def test_a_status_with_an_older_timestamp_may_be_repeated() -> None:
    record = StationRecord()
    record.status(21, "Available")
    record.status(22, "Faulted", timestamp=19)
    acts = action(ActionKind.FAULT, at=10.0), action(ActionKind.CLEAR_FAULT, at=20.0)
    assert violating_frames(CONNECTOR_STATUS, record, *acts) == []


def test_while_the_operator_is_acting_both_statuses_are_possible() -> None:
    record = StationRecord()
    record.status(21, "Available")
    record.status(22, "Faulted")
    acts = action(ActionKind.FAULT, at=10.0), action(ActionKind.CLEAR_FAULT, at=20.0, until=30.0)
    assert violating_frames(CONNECTOR_STATUS, record, *acts) == []


def test_minimum_status_duration_delays_a_status() -> None:
    for value, frames in (("10", []), ("0", [2])):
        record = StationRecord()
        record.asked(1, "ChangeConfiguration", key="MinimumStatusDuration", value=value)
        record.status(20, "Preparing")
        acts = action(ActionKind.PLUG_IN, at=5.0, frame=2), action(ActionKind.UNPLUG, at=15.0, frame=2)
        assert violating_frames(CONNECTOR_STATUS, record, *acts) == frames


# Transactions


def charged(*, stopped_at: float | None = 40) -> StationRecord:
    record = StationRecord()
    record.start(20, Tokens().valid.id_token)
    if stopped_at is not None:
        record.stop(stopped_at, reason="Remote")
    return record


@pytest.mark.parametrize("name", ["Charging", "SuspendedEV", "SuspendedEVSE"])
def test_after_its_stop_a_transaction_claims_no_energy(name: str) -> None:
    record = status(name, record=charged())
    assert violating_frames(connector_status_rule(record.ledger), record, PLUGGED_IN, PRESENTED) == [4]
    again = action(ActionKind.PRESENT_TOKEN, 45.0, 4, token=Tokens().valid)
    assert violating_frames(connector_status_rule(record.ledger), record, PLUGGED_IN, PRESENTED, again) == []
    for stopped_at in (47, None):
        record = status(name, record=charged(stopped_at=stopped_at))
        assert violating_frames(connector_status_rule(record.ledger), record, PLUGGED_IN, PRESENTED) == []


def test_a_transaction_may_be_suspended_without_the_ev_but_is_not_charging() -> None:
    unplugged = action(ActionKind.UNPLUG, at=30.0, frame=2)
    for name, frames in (("SuspendedEV", []), ("SuspendedEVSE", []), ("Charging", [2])):
        record = status(name, record=charged(stopped_at=None))
        assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED, unplugged) == frames


def test_a_transaction_of_an_earlier_case_may_continue() -> None:
    ledger = charged(stopped_at=None).ledger
    for known, frames in ((frozenset[object]({7}), []), (frozenset[object](), [0])):
        rule = connector_status_rule(ledger)
        assert violating_frames(rule, status("Charging"), known_transactions=known) == frames


def test_a_connector_is_not_available_while_the_cable_of_a_transaction_is_plugged_in() -> None:
    for stopped_at in (40, None):
        record = status("Available", record=charged(stopped_at=stopped_at))
        frame = len(record.frames) - 2
        assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED) == [frame]
        unplugged = action(ActionKind.UNPLUG, at=49.0, frame=frame)
        assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED, unplugged) == []
        too_late = action(ActionKind.UNPLUG, at=50.0, frame=frame + 1)
        assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED, too_late) == [frame]


def test_after_another_presentation_or_a_boot_the_connection_timeout_may_expire() -> None:
    record = status("Available", record=charged())
    again = action(ActionKind.PRESENT_TOKEN, 45.0, 4, token=Tokens().valid)
    assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED, again) == []
    record = charged()
    answer: dict[str, object] = {"status": "Accepted", "currentTime": "2026-01-01T00:00:45Z", "interval": 300}
    record.request(45, "BootNotification", answer, chargePointModel="M", chargePointVendor="V")
    record.status(50, "Available")
    assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED) == []


def test_a_presented_token_is_over_when_its_transaction_has_stopped() -> None:
    unplugged = action(ActionKind.UNPLUG, at=42.0, frame=4)
    record = status("Finishing", record=charged())
    assert violating_frames(CONNECTOR_STATUS, record, PLUGGED_IN, PRESENTED, unplugged) == [4]


# Timestamps


@pytest.mark.parametrize(
    ("first", "second", "connector_id", "frames"),
    [(10, 20, 1, []), (10, 10, 1, []), (10, 7, 1, []), (10, 5, 1, [2]), (10, -86400, 1, [2]), (10, 5, 2, [])],
)
def test_the_statuses_of_a_connector_are_in_the_order_of_their_timestamps(
    first: float, second: float, connector_id: int, frames: list[int]
) -> None:
    record = StationRecord()
    record.status(30, "Preparing", timestamp=first)
    record.status(31, "Available", connector_id, timestamp=second)
    assert violating_frames(ORDER, record) == frames


@pytest.mark.parametrize(("second", "frames"), [(45, []), (28, []), (-3600, [4]), (None, [])])
def test_the_times_of_statuses_go_forward_after_a_boot_too(second: float | None, frames: list[int]) -> None:
    record = StationRecord()
    record.status(30, "Preparing", timestamp=30)
    answer: dict[str, object] = {"status": "Accepted", "currentTime": "2026-01-01T00:00:45Z", "interval": 300}
    record.request(45, "BootNotification", answer, chargePointModel="M", chargePointVendor="V")
    record.status(50, "Available", timestamp=second)
    assert violating_frames(status_time(), record) == frames


def test_the_times_of_statuses_go_forward_from_case_to_case() -> None:
    rule, first, second = status_time(), StationRecord(), StationRecord()
    first.status(30, "Preparing", timestamp=30)
    second.status(90, "Available", timestamp=-3600)
    assert violating_frames(rule, first) == []
    assert violating_frames(rule, second) == [0]


def test_a_time_in_the_future_does_not_make_the_later_ones_wrong() -> None:
    rule, first, second = status_time(), StationRecord(), StationRecord()
    first.status(30, "Preparing", timestamp=3600)
    second.status(90, "Available", timestamp=90)
    assert violating_frames(rule, first) == []
    assert violating_frames(rule, second) == []


def test_a_status_that_the_order_of_statuses_excludes_has_one_finding() -> None:
    record = StationRecord()
    record.status(30, "Preparing", timestamp=30)
    record.status(31, "Available", timestamp=-3600)
    assert violating_frames(status_time(), record) == []


def test_statuses_without_timestamp_and_after_a_boot_are_in_no_order() -> None:
    record = StationRecord()
    record.status(30, "Preparing", timestamp=20)
    record.status(31, "Available")
    answer: dict[str, object] = {"status": "Accepted", "currentTime": "2026-01-01T00:00:45Z", "interval": 300}
    record.request(45, "BootNotification", answer, chargePointModel="M", chargePointVendor="V")
    record.status(50, "Available", timestamp=1)
    assert violating_frames(ORDER, record) == []
