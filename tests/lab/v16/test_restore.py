"""The requests that restore a station of OCPP 1.6 after a case."""

from datetime import UTC, datetime

import pytest

from plugfest.lab.restore.commands import RestoreList
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.memory.id_tag import full_list
from plugfest.lab.v16.restore import RESTORE_REQUESTS
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

SENT = full_list(4, Tokens().valid)
RESERVED = m.ReserveNowRequest(
    connector_id=1, expiry_date=datetime(2026, 1, 1, tzinfo=UTC), id_tag="10000001", reservation_id=7
)


def list_answer(status: str) -> m.SendLocalListResponse:
    return m.SendLocalListResponse(status=t.SendLocalListResponseStatus(status))


def test_a_list_is_emptied_under_a_later_version() -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(SENT, list_answer("Accepted"))
    assert restore_list.take() == [full_list(5)]


def test_a_list_without_a_response_is_emptied_too() -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(SENT, None)
    assert restore_list.take() == [full_list(5)]


@pytest.mark.parametrize("status", ["Failed", "NotSupported", "VersionMismatch"])
def test_a_refused_list_is_not_restored(status: str) -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(SENT, list_answer(status))
    assert restore_list.take() == []


def test_an_empty_list_is_not_restored() -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(full_list(4), list_answer("Accepted"))
    assert restore_list.take() == []


@pytest.mark.parametrize(
    ("status", "back"), [("Accepted", [m.CancelReservationRequest(reservation_id=7)]), ("Occupied", [])]
)
def test_a_reservation_that_was_made_is_cancelled(status: str, back: list[m.CancelReservationRequest]) -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(RESERVED, m.ReserveNowResponse(status=t.ReserveNowResponseStatus(status)))
    assert restore_list.take() == back
