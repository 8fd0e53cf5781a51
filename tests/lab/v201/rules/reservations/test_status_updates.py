"""ReservationStatusUpdate."""

from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.reservations.records import authorized, cancel, reserved, updated
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.reservations.status_updates import EXPIRIES, STATUS_UPDATES


def test_an_expired_reservation_is_reported_when_it_expires() -> None:
    for at, frames in ((20, []), (17, []), (10, [2])):
        record = reserved(expires=20)
        updated(record, at, "Expired")
        assert violating_frames(STATUS_UPDATES, record) == frames


def test_a_removal_has_a_cause() -> None:
    record = reserved()
    updated(record, 10, "Removed")
    assert violating_frames(STATUS_UPDATES, record) == [2]
    assert violating_frames(STATUS_UPDATES, record, action(ActionKind.FAULT, 5, 2)) == []
    record = reserved()
    record.asked(5, "ChangeAvailability", "Accepted", operationalStatus="Inoperative")
    updated(record, 10, "Removed")
    assert violating_frames(STATUS_UPDATES, record) == []


def test_only_accepted_reservations_end() -> None:
    for record in (StationRecord(), reserved(status="Occupied")):
        updated(record, 900, "Expired")
        assert violating_frames(STATUS_UPDATES, record) == [len(record.frames) - 2]


def test_a_cancelled_or_used_reservation_is_not_reported() -> None:
    record = reserved(expires=20)
    cancel(record, 5)
    updated(record, 20, "Expired")
    assert violating_frames(STATUS_UPDATES, record) == [4]
    record = reserved(expires=20)
    cancel(record, 5, "Rejected")
    updated(record, 20, "Expired")
    assert violating_frames(STATUS_UPDATES, record) == []
    record = authorized(reserved(expires=20), 10, id=5)
    updated(record, 20, "Expired")
    assert violating_frames(STATUS_UPDATES, record) == [4]


def test_an_end_is_reported_once() -> None:
    record = reserved(expires=20)
    updated(record, 20, "Expired")
    updated(record, 21, "Expired")
    assert violating_frames(STATUS_UPDATES, record) == [4]


def test_an_expiry_has_to_be_reported() -> None:
    record = reserved(expires=20)
    record.status(60, "Available")
    assert violating_frames(EXPIRIES, record) == [0]
    record = reserved(expires=20)
    updated(record, 25, "Expired")
    record.status(60, "Available")
    assert violating_frames(EXPIRIES, record) == []


def test_an_expiry_may_be_reported_after_the_case_or_when_the_station_is_connected_again() -> None:
    record = reserved(expires=20)
    record.status(45, "Available")
    assert violating_frames(EXPIRIES, record) == []
    record.status(60, "Available")
    assert violating_frames(EXPIRIES, record, connection_periods=(ConnectionPeriod(0, 15),)) == []


def test_a_used_or_cancelled_reservation_does_not_expire() -> None:
    for record in (authorized(reserved(expires=20), 10, id=5), reserved(expires=20)):
        if len(record.frames) == 2:
            cancel(record, 10)
        record.status(60, "Available")
        assert violating_frames(EXPIRIES, record) == []
