"""Reserved EVSEs that are given to other drivers."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.reservations.records import (
    DRIVER,
    OTHER,
    authorized,
    cancel,
    id_token,
    presented,
    reserve,
    reserved,
)
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.reservations.kept import KEPT, REMOTE_START_AT_RESERVED


def judged(record: StationRecord, token: Token = OTHER, *, at: float = 10, evse_id: int = 1) -> list[int | None]:
    act = presented(record, at, token, evse_id=evse_id)
    return violating_frames(KEPT, authorized(record, at + 1, token, evse_id=evse_id), act)


def test_a_reserved_evse_is_not_given_to_another_driver() -> None:
    assert judged(reserved()) == [2]
    assert judged(reserved(), DRIVER) == []
    assert judged(reserved(2)) == []


def test_an_evse_that_is_no_longer_reserved_is_free() -> None:
    record = reserved()
    cancel(record, 5)
    assert judged(record) == []
    assert judged(reserved(expires=12)) == []
    assert judged(reserved(status="Occupied")) == []


def test_a_driver_who_was_authorized_before_the_reservation_may_charge() -> None:
    record = StationRecord()
    act = presented(record, -5, OTHER)
    authorized(reserve(record), 5, OTHER)
    assert violating_frames(KEPT, record, act) == []


def test_a_reservation_may_have_ended_by_a_fault() -> None:
    record = reserved()
    act = presented(record, 10, OTHER)
    fault = action(ActionKind.FAULT, 5, len(record.frames))
    assert violating_frames(KEPT, authorized(record, 11, OTHER), fault, act) == []


def test_one_evse_is_kept_for_each_reservation_of_any_evse() -> None:
    assert judged(reserved(None)) == []  # the station has two
    record = reserve(reserved(None), None, id=6)
    assert judged(record) == [4]


def test_the_last_free_evse_is_kept() -> None:
    record = reserved(None)
    first = presented(record, 10, Token("C", "ISO14443"))
    authorized(record, 11, Token("C", "ISO14443"))
    second = presented(record, 20, OTHER, evse_id=2)
    authorized(record, 21, OTHER, evse_id=2)
    assert violating_frames(KEPT, record, first, second) == [4]


def test_a_reservation_by_its_id_takes_an_evse_from_those_of_any_evse() -> None:
    assert judged(reserve(reserved(2), None, id=6)) == [4]


def test_one_evse_with_the_connector_type_is_kept() -> None:
    record = reserve(reserved(None, connectorType="cCCS2"), None, id=6, connectorType="cCCS2")
    assert judged(record) == [4]
    assert judged(reserved(None, connectorType="cCCS2")) == []


def remote_start(
    record: StationRecord, status: str, token: Token = OTHER, group: str | None = None
) -> list[int | None]:
    fields = {} if group is None else {"groupIdToken": {"idToken": group, "type": "Central"}}
    record.asked(10, "RequestStartTransaction", status, remoteStartId=7, evseId=1, **id_token(token), **fields)
    return violating_frames(REMOTE_START_AT_RESERVED, record)


GROUP = {"groupIdToken": {"idToken": "FLEET", "type": "Central"}}


@pytest.mark.parametrize(("status", "frames"), [("Accepted", [3]), ("Rejected", [])])
def test_a_remote_start_of_another_token_is_rejected(status: str, frames: list[int]) -> None:
    assert remote_start(reserved(), status) == frames
    assert remote_start(reserved(**GROUP), status, group="OTHER") == frames


def test_a_remote_start_of_the_driver_or_of_the_group_is_accepted() -> None:
    assert remote_start(reserved(), "Accepted", DRIVER) == []
    assert remote_start(reserved(**GROUP), "Accepted", group="FLEET") == []
    assert remote_start(reserved(**GROUP), "Accepted") == []  # its group may be the right one
    assert remote_start(reserved(2), "Accepted") == []
