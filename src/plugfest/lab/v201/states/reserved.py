"""Reserved: an EVSE, any EVSE, or a connector of a type is kept for one idToken or its group."""

from collections.abc import Sequence
from datetime import timedelta

from plugfest import clock
from plugfest.lab.expectations import none_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import PendingReservation
from plugfest.lab.v201.states.connector_status import (
    all_connectors_report,
    connector_becomes,
    connector_name,
    connectors,
)
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

RESERVATION_DURATION = 3600.0
"""Seconds that a reservation lasts by default: long enough for several actions of an operator."""


def reserve_now(
    bench: Bench,
    *,
    id: int | None = None,
    token: Token | None = None,
    evse_id: int | None = None,
    connector_type: str | None = None,
    group: str | None = None,
    seconds: float = RESERVATION_DURATION,
) -> m.ReserveNowRequest:
    """ReserveNow with a new id and for the valid token, unless others are given. Without an EVSE, of any one."""
    reserved_for = token or bench.tokens.valid
    return m.ReserveNowRequest(
        id=bench.configuration.next_id() if id is None else id,
        expiry_date_time=clock.utc_now() + timedelta(seconds=seconds),
        id_token=t.IdTokenType(id_token=reserved_for.id_token, type=t.IdTokenEnumType(reserved_for.type)),
        evse_id=UNSET if evse_id is None else evse_id,
        connector_type=UNSET if connector_type is None else t.ConnectorEnumType(connector_type),
        group_id_token=UNSET if group is None else t.IdTokenType(id_token=group, type=t.IdTokenEnumType.Central),
    )


def of_evse_under_test(
    bench: Bench, *, token: Token | None = None, seconds: float = RESERVATION_DURATION
) -> m.ReserveNowRequest:
    """ReserveNow for the EVSE under test."""
    return reserve_now(bench, token=token, evse_id=bench.settings.evse_id, seconds=seconds)


async def reservation_accepted(bench: Bench, request: m.ReserveNowRequest) -> int:
    """The station accepts the reservation, which the next driver of the EVSE under test may use. Returns its id."""
    bench.csms.inbox.set_mark()
    await bench.call(request, status="Accepted")
    group = given(request.group_id_token)
    bench.known_state.reservation = PendingReservation(
        request.id,
        Token(request.id_token.id_token, request.id_token.type),
        None if group is None else group.id_token,
        given(request.evse_id),
    )
    return request.id


async def reserved(bench: Bench, request: m.ReserveNowRequest | None = None) -> int:
    """Reserve the EVSE under test, by default for the valid token; its connectors report Reserved. Returns the id."""
    reservation_id = await reservation_accepted(bench, request or of_evse_under_test(bench))
    await all_connectors_report(bench, "Reserved", which=connectors(bench, bench.settings.evse_id))
    return reservation_id


async def no_longer_reserved(bench: Bench, were_reserved: Sequence[tuple[int, int]]) -> None:
    """The driver has come, who ends the reservation: these connectors are no longer Reserved (H03.FR.10)."""
    own = (bench.settings.evse_id, bench.settings.connector_id)
    for connector in were_reserved:
        occupied = connector == own and bench.known_state.conditions.ev_connected
        await connector_becomes(
            bench, "Occupied" if occupied else "Available", evse_id=connector[0], connector_id=connector[1]
        )


async def check_still_reserved(bench: Bench, which: Sequence[tuple[int, int]]) -> None:
    """Reserved connectors stay Reserved until a driver comes (H01.FR.23, G01.FR.09)."""
    await bench.settle()
    for connector in which:
        status = bench.ledger.connectors.get(connector)
        bench.check(status == "Reserved", f"status Reserved of {connector_name(*connector)}", status)


def reserved_connectors(bench: Bench) -> list[tuple[int, int]]:
    """The connectors of the EVSE under test whose last reported status is Reserved."""
    of_evse = connectors(bench, bench.settings.evse_id)
    return [connector for connector in of_evse if bench.ledger.connectors.get(connector) == "Reserved"]


async def stays_reserved(bench: Bench) -> None:
    """No connector of the EVSE under test changes its status: it is reserved for another driver (G01.FR.09)."""
    await bench.silence(
        m.StatusNotificationRequest,
        seconds=bench.settings.time_tolerance,
        evse_id=bench.settings.evse_id,
        connector_status=none_of("Reserved"),
    )
    await check_still_reserved(bench, connectors(bench, bench.settings.evse_id))
