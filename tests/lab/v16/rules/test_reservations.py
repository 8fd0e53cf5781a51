"""The reservationId of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action, stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v16.rules.reservations import RESERVATION_ID


def reserved(status: str = "Accepted", expires: float = 900, **fields: object) -> StationRecord:
    record = StationRecord()
    request = {"connectorId": 1, "idTag": "A", "reservationId": 5, "expiryDate": stamp(expires)} | fields
    record.asked(5, "ReserveNow", status, **request)
    return record


@pytest.mark.parametrize(
    ("id_tag", "connector_id", "reservation_id", "frames"),
    [
        ("A", 1, 5, []),
        ("a", 1, 5, []),
        ("A", 1, None, [2]),
        ("A", 1, 6, [2]),
        ("B", 1, None, []),
        ("B", 1, 5, [2]),
        ("A", 2, None, []),
        ("A", 2, 5, [2]),
    ],
)
def test_a_transaction_has_the_id_of_the_reservation_that_it_ends(
    id_tag: str, connector_id: int, reservation_id: int | None, frames: list[int]
) -> None:
    record = reserved()
    fields: dict[str, object] = {} if reservation_id is None else {"reservationId": reservation_id}
    record.start(10, id_tag, connector_id, **fields)
    assert violating_frames(RESERVATION_ID, record) == frames


def test_without_a_reservation_there_is_no_reservation_id() -> None:
    for record in (StationRecord(), reserved("Rejected")):
        record.start(10, reservationId=5)
        assert violating_frames(RESERVATION_ID, record) == [len(record.frames) - 2]


def test_connector_0_reserves_any_connector_and_a_parent_any_id_tag() -> None:
    for fields, id_tag in (({"connectorId": 0}, "A"), ({"parentIdTag": "P"}, "B")):
        record = reserved(**fields)
        record.start(10, id_tag, reservationId=5)
        assert violating_frames(RESERVATION_ID, record) == []


def test_a_reservation_is_used_once() -> None:
    record = reserved()
    record.start(10, reservationId=5)
    record.stop(20)
    record.start(30, transaction_id=8, reservationId=5)
    assert violating_frames(RESERVATION_ID, record) == [6]


def test_a_cancelled_reservation_is_over_and_one_that_was_not_cancelled_is_not() -> None:
    for status, frames in (("Accepted", [4]), ("Rejected", [])):
        record = reserved()
        record.asked(7, "CancelReservation", status, reservationId=5)
        record.start(10, reservationId=5)
        assert violating_frames(RESERVATION_ID, record) == frames


def test_an_expired_reservation_is_over() -> None:
    for at, reservation_id, frames in ((30, None, []), (30, 5, [2]), (21, None, []), (21, 5, [])):
        record = reserved(expires=20)
        record.start(at, **({} if reservation_id is None else {"reservationId": reservation_id}))
        assert violating_frames(RESERVATION_ID, record) == frames


def test_a_fault_or_an_inoperative_connector_may_have_ended_a_reservation() -> None:
    record = reserved()
    record.asked(7, "ChangeAvailability", connectorId=1, type="Inoperative")
    record.start(10)
    assert violating_frames(RESERVATION_ID, record) == []
    record = reserved()
    record.start(10)
    assert violating_frames(RESERVATION_ID, record, action(ActionKind.FAULT, 7, frame=2)) == []
