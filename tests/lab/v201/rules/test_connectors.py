"""Connector status of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.v201.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, OTHER_CONNECTORS


def status(
    status: str,
    at: float = 50,
    *,
    of: float | None = None,
    record: StationRecord | None = None,
    connector: int = 1,
) -> StationRecord:
    record = record or StationRecord()
    record.status(at, status, of=of, connector_id=connector)
    return record


def availability(
    record: StationRecord, at: float, status: str, answer: str = "Accepted", **evse: object
) -> StationRecord:
    record.asked(at, "ChangeAvailability", status=answer, operationalStatus=status, **({"evse": evse} if evse else {}))
    return record


PLUGGED = action(ActionKind.PLUG_IN, at=10.0)


@pytest.mark.parametrize("name", ["Occupied", "Reserved", "Unavailable", "Faulted"])
def test_a_connector_that_nothing_was_done_to_is_available(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available")) == []
    assert violating_frames(CONNECTOR_STATUS, status(name)) == [0]


def test_with_a_cable_it_is_occupied() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), PLUGGED) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available"), PLUGGED) == [0]


def test_without_it_it_is_available_again() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available"), PLUGGED, action(ActionKind.UNPLUG, at=20.0)) == []


def test_a_cable_that_is_out_at_one_end_may_be_either() -> None:
    out = action(ActionKind.UNPLUG, at=20.0, side="ev")
    assert violating_frames(CONNECTOR_STATUS, status("Available"), PLUGGED, out) == []
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), PLUGGED, out) == []


def test_a_station_may_be_slow_by_the_tolerance() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=12), PLUGGED) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=16), PLUGGED) == [0]


def test_what_was_so_before_the_connection_came_back_may_be_told_later() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=50, of=8), PLUGGED) == []


def test_a_person_takes_his_time() -> None:
    slow = action(ActionKind.PLUG_IN, at=10.0, until=40.0)
    assert violating_frames(CONNECTOR_STATUS, status("Occupied", at=20), slow) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=20), slow) == []


@pytest.mark.parametrize("somebody", [action(ActionKind.PRESENT_TOKEN, at=10.0), action(ActionKind.PARK, at=10.0)])
def test_somebody_who_has_come_may_make_it_occupied(somebody: OperatorAction) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), somebody) == []


def test_a_remote_start_may_make_it_occupied() -> None:
    record = StationRecord()
    record.asked(1, "RequestStartTransaction", remoteStartId=1, idToken={"idToken": "1", "type": "Central"})
    assert violating_frames(CONNECTOR_STATUS, status("Occupied", record=record)) == []


def test_a_fault_is_told_while_it_lasts() -> None:
    fault, mended = action(ActionKind.FAULT, at=10.0), action(ActionKind.CLEAR_FAULT, at=20.0)
    assert violating_frames(CONNECTOR_STATUS, status("Faulted"), fault) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available"), fault) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Faulted"), fault, mended) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Available"), fault, mended) == []


@pytest.mark.parametrize("evse", [{}, {"id": 1}, {"id": 1, "connectorId": 1}])
def test_what_the_lab_has_switched_off_is_unavailable(evse: dict[str, object]) -> None:
    off = availability(StationRecord(), 1, "Inoperative", **evse)
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=off)) == []
    off = availability(StationRecord(), 1, "Inoperative", **evse)
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=off)) == [2]


def test_what_is_switched_off_elsewhere_is_not() -> None:
    off = availability(StationRecord(), 1, "Inoperative", id=2)
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=off)) == [2]


def test_what_is_switched_on_again_is_available() -> None:
    on = availability(availability(StationRecord(), 1, "Inoperative"), 5, "Operative")
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=on)) == []


@pytest.mark.parametrize("answer", ["Scheduled", "Rejected"])
def test_a_change_that_has_to_wait_may_come_at_any_time(answer: str) -> None:
    off = availability(StationRecord(), 1, "Inoperative", answer)
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=off)) == []


def test_an_update_may_close_the_doors() -> None:
    record = StationRecord()
    record.asked(1, "Reset", type="OnIdle")
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == []


def test_a_reservation_is_told() -> None:
    record = StationRecord()
    record.asked(
        1,
        "ReserveNow",
        id=1,
        expiryDateTime="2026-01-02T00:00:00Z",
        idToken={"idToken": "1", "type": "Central"},
        evseId=1,
    )
    assert violating_frames(CONNECTOR_STATUS, status("Reserved", record=record)) == []


def test_an_event_of_the_device_model_is_judged_like_a_notification() -> None:
    data = {
        "eventId": 1,
        "timestamp": "2026-01-01T00:00:50Z",
        "trigger": "Delta",
        "actualValue": "Faulted",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
        "variable": {"name": "AvailabilityState"},
    }
    record = StationRecord()
    record.said(50, "NotifyEvent", {"generatedAt": "2026-01-01T00:00:50Z", "seqNo": 0, "eventData": [data]}, {})
    assert violating_frames(CONNECTOR_STATUS, record) == [0]


def test_a_status_is_about_a_connector_that_there_is() -> None:
    assert violating_frames(KNOWN_CONNECTORS, status("Available")) == []
    assert violating_frames(KNOWN_CONNECTORS, status("Available", connector=2)) == [0]
    record = StationRecord()
    record.status(50, "Available", evse_id=3)
    assert violating_frames(KNOWN_CONNECTORS, record) == [0]


# Connectors


def test_a_cable_is_no_news_of_the_other_connectors() -> None:
    plugged = action(ActionKind.PLUG_IN, at=10.0)
    record = StationRecord()
    record.status(10, "Occupied")
    assert violating_frames(OTHER_CONNECTORS, record, plugged) == []
    record.status(10, "Unavailable", connector_id=2)
    assert violating_frames(OTHER_CONNECTORS, record, plugged) == [2]
