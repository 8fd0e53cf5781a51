"""Connector status of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, STATION_STATUS

PLUGGED = action(ActionKind.PLUG_IN, at=10.0)


ELSEWHERE = action(ActionKind.PLUG_IN, at=10.0, evse_id=2)


PRESENTED = action(ActionKind.PRESENT_TOKEN, at=10.0, token=Tokens().valid)


OTHERS = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted")


def status(name: str, *, record: StationRecord | None = None, of: float | None = None) -> StationRecord:
    record = record or StationRecord()
    record.status(50, name, of=of)
    return record


def after(action: str, **payload: object) -> StationRecord:
    record = StationRecord()
    record.asked(20, action, **payload)
    return record


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("actions", [(), (ELSEWHERE,)], ids=["nothing", "elsewhere"])
def test_a_connector_that_nothing_was_done_to_is_available(name: str, actions: tuple[OperatorAction, ...]) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available"), *actions) == []
    assert violating_frames(CONNECTOR_STATUS, status(name), *actions) == [0]


@pytest.mark.parametrize("name", ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Available"])
def test_with_a_cable_it_is_in_use_or_the_driver_has_let_his_time_pass(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status(name), PLUGGED) == []


@pytest.mark.parametrize("name", ["Charging", "SuspendedEV", "SuspendedEVSE"])
def test_a_token_alone_charges_nothing(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Preparing"), PRESENTED) == []
    assert violating_frames(CONNECTOR_STATUS, status(name), PRESENTED) == [0]


def test_a_remote_start_prepares() -> None:
    there = after("RemoteStartTransaction", idTag="A", connectorId=1)
    assert violating_frames(CONNECTOR_STATUS, status("Preparing", record=there)) == []
    elsewhere = after("RemoteStartTransaction", idTag="A", connectorId=2)
    assert violating_frames(CONNECTOR_STATUS, status("Preparing", record=elsewhere)) == [2]


def test_what_was_so_before_it_was_told_counts() -> None:
    out = action(ActionKind.UNPLUG, at=30.0)
    assert violating_frames(CONNECTOR_STATUS, status("Charging"), PLUGGED, out) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Charging", of=20), PLUGGED, out) == []


@pytest.mark.parametrize(
    "cause",
    [
        action(ActionKind.FAULT, at=10.0),
        action(ActionKind.JAM_LOCK, at=10.0),
        action(ActionKind.PLUG_IN, at=10.0, seated=False),
    ],
    ids=["fault", "lock", "half-way"],
)
def test_a_fault_and_a_lock_that_fails_are_told(cause: OperatorAction) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Faulted"), cause) == []


def test_a_connector_with_a_fault_is_not_available() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available"), action(ActionKind.FAULT, at=10.0)) == [0]
    mended = action(ActionKind.CLEAR_FAULT, at=20.0)
    assert violating_frames(CONNECTOR_STATUS, status("Available"), action(ActionKind.FAULT, at=10.0), mended) == []


@pytest.mark.parametrize("connector_id", [0, 1])
def test_what_the_lab_has_switched_off_is_unavailable(connector_id: int) -> None:
    record = after("ChangeAvailability", connectorId=connector_id, type="Inoperative")
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == []
    record = after("ChangeAvailability", connectorId=connector_id, type="Inoperative")
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=record)) == [2]


@pytest.mark.parametrize("connector_id", [0, 1])
def test_a_reservation_is_told(connector_id: int) -> None:
    record = after(
        "ReserveNow", connectorId=connector_id, idTag="A", reservationId=1, expiryDate="2026-01-01T01:00:00Z"
    )
    assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=record)) == []


def test_a_station_that_is_about_to_boot_may_close() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=after("Reset", type="Soft"))) == []


def test_the_station_itself_has_three_states() -> None:
    record = StationRecord()
    record.status(1, "Available", connector_id=0)
    record.status(2, "Preparing", connector_id=0)
    record.status(30, "Preparing", connector_id=1)
    assert violating_frames(STATION_STATUS, record) == [2]
    assert violating_frames(CONNECTOR_STATUS, record, PLUGGED) == []


def test_a_status_is_about_a_connector_that_there_is() -> None:
    record = StationRecord()
    for connector_id in (0, 1, 2, 3):
        record.status(50, "Available", connector_id=connector_id)
    assert violating_frames(KNOWN_CONNECTORS, record) == [6]
