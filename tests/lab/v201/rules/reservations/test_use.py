"""The reservationId of transactions."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.reservations.records import (
    DRIVER,
    OTHER,
    authorized,
    cancel,
    presented,
    reserve,
    reserved,
    updated,
)
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.rule import Rule
from plugfest.lab.settings import LabSettings, Token
from plugfest.lab.v201.rules.reservations.use import REPORTED_USE, RESERVATION_IDS


def judged(
    rule: Rule, record: StationRecord, token: Token = DRIVER, *, at: float = 10, evse_id: int = 1, id: int | None = 5
) -> list[int | None]:
    """The violations when a driver comes."""
    act = presented(record, at, token, evse_id=evse_id)
    return violating_frames(rule, authorized(record, at + 1, token, evse_id=evse_id, id=id), act)


def test_a_reservation_id_is_that_of_an_accepted_reservation() -> None:
    assert judged(RESERVATION_IDS, reserved()) == []
    assert judged(RESERVATION_IDS, reserved(), id=6) == [2]
    assert judged(RESERVATION_IDS, reserved(status="Occupied")) == [2]
    assert judged(RESERVATION_IDS, StationRecord()) == [0]


@pytest.mark.parametrize("token", [OTHER, Token("A", "ISO15693")])
def test_a_reservation_id_is_that_of_a_reservation_for_this_token(token: Token) -> None:
    assert judged(RESERVATION_IDS, reserved(), token) == [2]


def test_a_reservation_id_is_that_of_a_reservation_of_this_evse() -> None:
    assert judged(RESERVATION_IDS, reserved(2)) == [2]
    assert judged(RESERVATION_IDS, reserved(None)) == []


def test_a_token_of_the_group_uses_a_reservation() -> None:
    tokens = LabSettings().tokens
    record = reserved(token=tokens.valid, groupIdToken={"idToken": str(tokens.valid.group), "type": "Central"})
    assert judged(RESERVATION_IDS, record, tokens.same_group) == []


def test_the_reservation_id_of_an_ended_reservation_is_a_violation() -> None:
    record = reserved()
    cancel(record, 5)
    assert judged(RESERVATION_IDS, record) == [4]
    record = reserved()
    cancel(record, 5, "Rejected")
    assert judged(RESERVATION_IDS, record) == []
    record = reserved()
    updated(record, 5, "Removed")
    assert judged(RESERVATION_IDS, record) == [4]
    assert judged(RESERVATION_IDS, reserved(expires=8)) == []  # within the tolerance
    assert judged(RESERVATION_IDS, reserved(expires=4)) == [2]


def test_a_used_reservation_is_reported() -> None:
    assert judged(REPORTED_USE, reserved()) == []
    assert judged(REPORTED_USE, reserved(), id=None) == [2]
    assert judged(REPORTED_USE, reserved(), id=6) == [2]
    assert judged(REPORTED_USE, reserved(None), id=None) == [2]


def test_nothing_is_reported_where_no_reservation_was_used() -> None:
    assert judged(REPORTED_USE, reserved(), OTHER, id=None) == []
    assert judged(REPORTED_USE, reserved(2), id=None) == []
    assert judged(REPORTED_USE, reserved(status="Rejected"), id=None) == []
    assert judged(REPORTED_USE, reserved(expires=12), id=None) == []  # it may have ended


def test_a_reservation_that_may_have_ended_need_not_be_reported() -> None:
    record = reserved()
    record.asked(5, "ChangeAvailability", "Accepted", operationalStatus="Inoperative")
    assert judged(REPORTED_USE, record, id=None) == []
    record = reserved()
    act = presented(record, 10)
    fault = action(ActionKind.FAULT, 5, len(record.frames))
    assert violating_frames(REPORTED_USE, authorized(record, 11), fault, act) == []


def test_a_replaced_reservation_is_used_by_its_new_driver_only() -> None:
    record = reserve(reserved(), at=5, token=OTHER)
    assert judged(RESERVATION_IDS, record) == [4]
    record = reserve(reserved(), at=5, token=OTHER)
    assert judged(RESERVATION_IDS, record, OTHER) == []
    record = reserve(reserved(), at=5, token=OTHER)
    assert judged(REPORTED_USE, record, OTHER, id=None) == [4]
