"""The requests that restore a station of OCPP 1.6 after a case."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from plugfest.lab.restore.commands import RestoreList, StationNotIdle
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.memory.id_tag import full_list
from plugfest.lab.v16.restore import RESTORE_REQUESTS, V16RestoreCommands
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


class Values:
    """The values of a station's keys."""

    def __init__(self, enabled: str) -> None:
        self._enabled = enabled

    def value(self, name: str) -> str | None:
        return self._enabled if name == "LocalAuthListEnabled" else None


@pytest.mark.parametrize(
    ("enabled", "status", "idle"),
    [("true", "Accepted", True), ("true", "Failed", False), ("false", "NotSupported", True)],
)
def test_a_station_whose_list_is_not_emptied_is_not_idle(enabled: str, status: str, idle: bool) -> None:
    none = cast(Any, None)
    commands = V16RestoreCommands(none, none, cast(Any, Values(enabled)), timeout=1)
    if idle:
        commands.check_restored(full_list(5), list_answer(status))
    else:
        with pytest.raises(StationNotIdle, match="not emptied: Failed"):
            commands.check_restored(full_list(5), list_answer(status))


@pytest.mark.parametrize(
    ("status", "back"), [("Accepted", [m.CancelReservationRequest(reservation_id=7)]), ("Occupied", [])]
)
def test_a_reservation_that_was_made_is_cancelled(status: str, back: list[m.CancelReservationRequest]) -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(RESERVED, m.ReserveNowResponse(status=t.ReserveNowResponseStatus(status)))
    assert restore_list.take() == back


class AnsweringCsms:
    """Answers every request with this status, and notes it."""

    def __init__(self, status: str) -> None:
        self.response = m.RemoteStopTransactionResponse(status=t.RemoteStopTransactionResponseStatus(status))
        self.sent: list[object] = []

    async def call(self, request: object, *, timeout: float) -> object:
        self.sent.append(request)
        return self.response


@pytest.mark.parametrize(("status", "ongoing"), [("Accepted", True), ("Rejected", False)])
def test_a_transaction_is_asked_to_stop_once_until_the_next_boot(status: str, ongoing: bool) -> None:
    ledger, csms = Ledger(), AnsweringCsms(status)
    start = m.StartTransactionRequest(
        connector_id=1, id_tag="A", meter_start=0, timestamp=datetime(2026, 1, 1, tzinfo=UTC)
    )
    info = t.IdTagInfo(status=t.AuthorizationStatus.Accepted)
    ledger.record_response(start, m.StartTransactionResponse(transaction_id=7, id_tag_info=info))
    commands = V16RestoreCommands(cast(Any, csms), ledger, cast(Any, None), timeout=1)
    for _ in range(2):
        asyncio.run(commands.stop_transactions())
    assert csms.sent == [m.RemoteStopTransactionRequest(transaction_id=7)]
    assert ledger.in_transaction() is ongoing
    ledger.boots += 1
    asyncio.run(commands.stop_transactions())
    assert len(csms.sent) == (2 if ongoing else 1)
