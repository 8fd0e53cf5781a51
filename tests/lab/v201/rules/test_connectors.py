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
    timestamp: float | None = None,
    record: StationRecord | None = None,
    connector: int = 1,
) -> StationRecord:
    record = record or StationRecord()
    record.status(at, status, timestamp=timestamp, connector_id=connector)
    return record


def availability(
    record: StationRecord, at: float, status: str, answer: str = "Accepted", **evse: object
) -> StationRecord:
    record.asked(at, "ChangeAvailability", status=answer, operationalStatus=status, **({"evse": evse} if evse else {}))
    return record


PLUGGED_IN = action(ActionKind.PLUG_IN, at=10.0)


@pytest.mark.parametrize("name", ["Occupied", "Reserved", "Unavailable", "Faulted"])
def test_an_untouched_connector_is_available(name: str) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available")) == []
    assert violating_frames(CONNECTOR_STATUS, status(name)) == [0]


def test_with_a_cable_the_connector_is_occupied() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), PLUGGED_IN) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available"), PLUGGED_IN) == [0]


def test_without_the_cable_the_connector_is_available_again() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available"), PLUGGED_IN, action(ActionKind.UNPLUG, at=20.0)) == []


def test_with_a_half_unplugged_cable_both_statuses_are_possible() -> None:
    unplugged = action(ActionKind.UNPLUG, at=20.0, side="ev")
    assert violating_frames(CONNECTOR_STATUS, status("Available"), PLUGGED_IN, unplugged) == []
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), PLUGGED_IN, unplugged) == []


def test_a_status_may_be_late_by_the_tolerance() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=12), PLUGGED_IN) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=16), PLUGGED_IN) == [0]


def test_a_queued_status_is_judged_at_its_timestamp() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=50, timestamp=8), PLUGGED_IN) == []


def test_both_statuses_are_possible_while_the_operator_acts() -> None:
    slow_plug_in = action(ActionKind.PLUG_IN, at=10.0, until=40.0)
    assert violating_frames(CONNECTOR_STATUS, status("Occupied", at=20), slow_plug_in) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available", at=20), slow_plug_in) == []


@pytest.mark.parametrize("arrival", [action(ActionKind.PRESENT_TOKEN, at=10.0), action(ActionKind.PARK, at=10.0)])
def test_a_token_or_a_parked_ev_may_occupy_the_connector(arrival: OperatorAction) -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), arrival) == []


def test_a_remote_start_may_occupy_the_connector() -> None:
    record = StationRecord()
    record.asked(1, "RequestStartTransaction", remoteStartId=1, idToken={"idToken": "1", "type": "Central"})
    assert violating_frames(CONNECTOR_STATUS, status("Occupied", record=record)) == []


def ended_session(at: float = 30, *, available: bool = True) -> StationRecord:
    """A transaction without a cable that ends, perhaps with the status after it."""
    record = StationRecord()
    record.event(11, "Authorized", event_type="Started", evse={"id": 1, "connectorId": 1})
    record.event(at, "EVConnectTimeout", event_type="Ended", seq_no=1)
    return status("Available", at, record=record) if available else record


def test_a_token_no_longer_occupies_the_connector_after_the_transaction() -> None:
    presented = action(ActionKind.PRESENT_TOKEN, at=10.0)
    assert violating_frames(CONNECTOR_STATUS, status("Occupied", 31, record=ended_session()), presented) == [6]
    late = status("Occupied", 35, record=ended_session(available=False))
    assert violating_frames(CONNECTOR_STATUS, late, presented) == [4]


def test_occupied_may_be_late_by_the_tolerance_after_a_transaction() -> None:
    presented = action(ActionKind.PRESENT_TOKEN, at=10.0)
    soon = status("Occupied", 32, record=ended_session(available=False))
    assert violating_frames(CONNECTOR_STATUS, soon, presented) == []


def test_the_next_token_occupies_the_connector_again() -> None:
    acts = [action(ActionKind.PRESENT_TOKEN, at=10.0), action(ActionKind.PRESENT_TOKEN, at=40.0, frame=6)]
    assert violating_frames(CONNECTOR_STATUS, status("Occupied", 41, record=ended_session()), *acts) == []


def test_a_fault_is_reported_only_while_it_lasts() -> None:
    fault, cleared = action(ActionKind.FAULT, at=10.0), action(ActionKind.CLEAR_FAULT, at=20.0)
    assert violating_frames(CONNECTOR_STATUS, status("Faulted"), fault) == []
    assert violating_frames(CONNECTOR_STATUS, status("Available"), fault) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Faulted"), fault, cleared) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Available"), fault, cleared) == []


@pytest.mark.parametrize("evse", [{}, {"id": 1}, {"id": 1, "connectorId": 1}])
def test_an_inoperative_connector_is_unavailable(evse: dict[str, object]) -> None:
    inoperative = availability(StationRecord(), 1, "Inoperative", **evse)
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=inoperative)) == []
    inoperative = availability(StationRecord(), 1, "Inoperative", **evse)
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=inoperative)) == [2]


def test_another_inoperative_evse_does_not_matter() -> None:
    inoperative = availability(StationRecord(), 1, "Inoperative", id=2)
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=inoperative)) == [2]


def test_an_operative_connector_is_available_again() -> None:
    operative = availability(availability(StationRecord(), 1, "Inoperative"), 5, "Operative")
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=operative)) == []


@pytest.mark.parametrize("answer", ["Scheduled", "Rejected"])
def test_a_scheduled_or_rejected_change_may_happen_at_any_time(answer: str) -> None:
    inoperative = availability(StationRecord(), 1, "Inoperative", answer)
    assert violating_frames(CONNECTOR_STATUS, status("Available", record=inoperative)) == []


def test_the_connector_in_use_is_occupied_and_not_unavailable() -> None:
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable"), PLUGGED_IN) == [0]
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable"), action(ActionKind.PRESENT_TOKEN, at=10.0)) == [0]


def test_the_other_connector_of_an_evse_in_use_may_be_unavailable() -> None:
    two = "btc-power-gen4-l3a"
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", connector=2), PLUGGED_IN, product=two) == []
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable"), PLUGGED_IN, product=two) == [0]


def test_a_pending_reset_may_make_the_connector_unavailable() -> None:
    record = StationRecord()
    record.asked(1, "Reset", type="OnIdle")
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == []


def test_a_pending_reset_ends_with_the_accepted_boot_after_it() -> None:
    for at, frames in ((12, []), (20, [4])):  # within the tolerance, and after it
        record = StationRecord()
        record.asked(1, "Reset", type="OnIdle")
        boot(record, 10)
        assert violating_frames(CONNECTOR_STATUS, status("Unavailable", at, record=record)) == frames


def test_available_after_the_boot_ends_a_pending_reset_at_once() -> None:
    record = StationRecord()
    record.asked(1, "Reset", type="OnIdle")
    boot(record, 10)
    status("Unavailable", 11, record=record)
    status("Available", 11.5, record=record)
    status("Unavailable", 11, timestamp=9, record=record)  # queued before the boot
    status("Unavailable", 12, record=record)
    assert violating_frames(CONNECTOR_STATUS, record) == [10]


@pytest.mark.parametrize(("answer", "reason"), [("Pending", "RemoteReset"), ("Accepted", "Triggered")])
def test_a_boot_that_is_pending_or_triggered_does_not_end_a_pending_reset(answer: str, reason: str) -> None:
    record = StationRecord()
    record.asked(1, "Reset", type="OnIdle")
    boot(record, 10, answer, reason)
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == []


def test_a_refused_reset_explains_no_status() -> None:
    record = StationRecord()
    record.asked(1, "Reset", "Rejected", type="OnIdle")
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == [2]


@pytest.mark.parametrize(
    ("progress", "booted", "frames"),
    [
        (["DownloadFailed"], False, True),
        (["DownloadFailed", "Idle"], False, True),
        (["DownloadFailed", "Downloading"], False, False),
        (["Installing"], True, False),
        (["Installed"], False, False),
        (["Installed"], True, True),
    ],
)
def test_an_update_ends_with_its_failure_or_with_its_installation_and_a_boot(
    progress: list[str], booted: bool, frames: bool
) -> None:
    record = StationRecord()
    record.asked(
        1,
        "UpdateFirmware",
        requestId=1,
        firmware={"location": "http://lab", "retrieveDateTime": "2026-01-01T00:00:00Z"},
    )
    for one in progress:
        record.request(10, "FirmwareStatusNotification", {"status": one, "requestId": 1}, {})
    if booted:
        boot(record, 11)
    expected = [len(record.frames)] if frames else []
    assert violating_frames(CONNECTOR_STATUS, status("Unavailable", record=record)) == expected


def boot(record: StationRecord, at: float, answer: str = "Accepted", reason: str = "RemoteReset") -> None:
    station = {"model": "M", "vendorName": "V"}
    accepted = {"currentTime": "2026-01-01T00:00:00Z", "interval": 300, "status": answer}
    record.request(at, "BootNotification", {"reason": reason, "chargingStation": station}, accepted)


PARKED = action(ActionKind.PARK, at=5.0)


def test_available_after_the_unplug_shows_that_a_parked_ev_does_not_matter() -> None:
    record = StationRecord()
    status("Occupied", 6, record=record)
    unplugged = action(ActionKind.UNPLUG, at=20.0, frame=2)
    status("Available", 21, record=record)
    status("Occupied", 22, record=record)
    assert violating_frames(CONNECTOR_STATUS, record, PARKED, PLUGGED_IN, unplugged) == [4]
    parked_again = action(ActionKind.PARK, at=21.5, frame=4)
    assert violating_frames(CONNECTOR_STATUS, record, PARKED, PLUGGED_IN, unplugged, parked_again) == []


def test_available_after_the_unplug_may_have_a_timestamp_in_whole_seconds() -> None:
    record = StationRecord()
    status("Occupied", 6, record=record)
    unplugged = action(ActionKind.UNPLUG, at=20.5, frame=2)
    status("Available", 20.6, timestamp=20, record=record)
    status("Occupied", 20.7, timestamp=20, record=record)
    assert violating_frames(CONNECTOR_STATUS, record, PARKED, PLUGGED_IN, unplugged) == [4]


def test_available_of_another_connector_of_the_evse_does_not_matter() -> None:
    record = StationRecord()
    unplugged = action(ActionKind.UNPLUG, at=20.0)
    status("Available", 21, record=record, connector=2)
    status("Occupied", 22, record=record)
    two = "btc-power-gen4-l3a"
    assert violating_frames(CONNECTOR_STATUS, record, PARKED, PLUGGED_IN, unplugged, product=two) == []


def test_available_with_a_half_unplugged_cable_does_not_matter() -> None:
    record = StationRecord()
    unplugged = action(ActionKind.UNPLUG, at=20.0, side="ev")
    status("Available", 21, record=record)
    status("Occupied", 22, record=record)
    assert violating_frames(CONNECTOR_STATUS, record, PARKED, PLUGGED_IN, unplugged) == []


def test_without_available_a_parked_ev_occupies_the_connector_after_the_unplug() -> None:
    unplugged = action(ActionKind.UNPLUG, at=20.0)
    assert violating_frames(CONNECTOR_STATUS, status("Occupied"), PARKED, PLUGGED_IN, unplugged) == []


def test_a_reservation_may_be_reported() -> None:
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


def test_an_event_of_the_device_model_is_judged_like_a_status_notification() -> None:
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
    record.request(50, "NotifyEvent", {"generatedAt": "2026-01-01T00:00:50Z", "seqNo": 0, "eventData": [data]}, {})
    assert violating_frames(CONNECTOR_STATUS, record) == [0]


def test_the_status_of_an_unknown_connector_is_a_violation() -> None:
    assert violating_frames(KNOWN_CONNECTORS, status("Available")) == []
    assert violating_frames(KNOWN_CONNECTORS, status("Available", connector=2)) == [0]
    record = StationRecord()
    record.status(50, "Available", evse_id=3)
    assert violating_frames(KNOWN_CONNECTORS, record) == [0]


# The other connectors of an EVSE


def test_a_cable_is_reported_for_its_connector_only() -> None:
    plugged_in = action(ActionKind.PLUG_IN, at=10.0)
    record = StationRecord()
    record.status(10, "Occupied")
    assert violating_frames(OTHER_CONNECTORS, record, plugged_in) == []
    record.status(10, "Unavailable", connector_id=2)
    assert violating_frames(OTHER_CONNECTORS, record, plugged_in) == [2]
