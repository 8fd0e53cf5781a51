"""Reserved: a connector is kept for one idTag."""

from datetime import timedelta

from plugfest import clock
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.configuration_keys import get_configuration
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m

CONNECTOR_ZERO_KEY = "ReserveConnectorZeroSupported"

RESERVATION_DURATION = 900.0
"""Seconds that a reservation lasts by default: long enough for several actions of an operator."""


def reserve_now(
    bench: Bench,
    *,
    token: Token | None = None,
    connector_id: int | None = None,
    seconds: float = RESERVATION_DURATION,
    parent: str | None = None,
) -> m.ReserveNowRequest:
    """ReserveNow.req with a new reservationId, by default of the connector under test for the valid token."""
    return m.ReserveNowRequest(
        connector_id=bench.connector_id if connector_id is None else connector_id,
        expiry_date=clock.utc_now() + timedelta(seconds=seconds),
        id_tag=(token or bench.tokens.valid).id_token,
        reservation_id=bench.configuration.next_id(),
        parent_id_tag=parent or UNSET,
    )


async def reserved(bench: Bench, request: m.ReserveNowRequest | None = None) -> int:
    """Reserve the connector under test, which becomes Reserved. Returns the reservationId."""
    sent = request or reserve_now(bench)
    bench.csms.inbox.set_mark()
    await bench.call(sent, status="Accepted")
    bench.known_state.reservation = sent.reservation_id
    await connector_becomes(bench, "Reserved")
    return sent.reservation_id


def reservation_id(bench: Bench) -> int:
    """The reservationId of the reservation under test."""
    assert bench.known_state.reservation is not None, "nothing has been reserved in this case"
    return bench.known_state.reservation


async def cancel_reservation(bench: Bench, number: int, status: str) -> None:
    """Send CancelReservation (5.1)."""
    bench.csms.inbox.set_mark()
    await bench.call(m.CancelReservationRequest(reservation_id=number), status=status)


async def connector_zero_supported(bench: Bench) -> None:
    """The station reports that connector 0 can be reserved (9.3.1)."""
    key = (await get_configuration(bench, CONNECTOR_ZERO_KEY))[CONNECTOR_ZERO_KEY.lower()]
    value = (given(key.value) or "").lower()
    bench.check(value == "true", f"{CONNECTOR_ZERO_KEY} true", value, frame=bench.csms.answer_frame)
