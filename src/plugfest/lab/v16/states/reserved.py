"""Reserved: a connector waits for one driver."""

from datetime import timedelta

from plugfest import clock
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.configuration_keys import get_configuration
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m

CONNECTOR_ZERO = "ReserveConnectorZeroSupported"

RESERVED_FOR = 900.0
"""Seconds that a reservation lasts, if a case does not say: an operator needs some for each thing that he does."""


def reserve_now(
    bench: Bench,
    *,
    token: Token | None = None,
    connector_id: int | None = None,
    seconds: float = RESERVED_FOR,
    parent: str | None = None,
) -> m.ReserveNowRequest:
    """ReserveNow with a number of its own, by default of the connector under test for the lab's valid token."""
    return m.ReserveNowRequest(
        connector_id=bench.connector_id if connector_id is None else connector_id,
        expiry_date=clock.utc_now() + timedelta(seconds=seconds),
        id_tag=(token or bench.tokens.valid).id_token,
        reservation_id=bench.configuration.next_id(),
        parent_id_tag=parent or UNSET,
    )


async def reserved(bench: Bench, request: m.ReserveNowRequest | None = None) -> int:
    """Reserve the connector under test and see it Reserved; the number of the reservation."""
    wanted = request or reserve_now(bench)
    bench.csms.inbox.set_mark()
    await bench.call(wanted, status="Accepted")
    bench.known_state.reservation = wanted.reservation_id
    await connector_becomes(bench, "Reserved")
    return wanted.reservation_id


def reservation_id(bench: Bench) -> int:
    """The number of the reservation under test."""
    assert bench.known_state.reservation is not None, "the case has not come to a reservation"
    return bench.known_state.reservation


async def cancel(bench: Bench, number: int, status: str) -> None:
    """CancelReservation (5.1)."""
    bench.csms.inbox.set_mark()
    await bench.call(m.CancelReservationRequest(reservation_id=number), status=status)


async def connector_zero_supported(bench: Bench) -> None:
    """The station says that it lets itself be reserved as a whole (9.3.1)."""
    told = (await get_configuration(bench, CONNECTOR_ZERO))[CONNECTOR_ZERO.lower()]
    bench.check(told.value == "true", f"{CONNECTOR_ZERO} true", given(told.value), frame=bench.csms.last_frame)


def take_reserver_authorize(bench: Bench, token: Token | None = None) -> None:
    """Take what the station asked about whoever has reserved: 5.13 recommends it, at any time before he charges."""
    holder = (token or bench.tokens.valid).id_token.lower()
    for seen in bench.csms.inbox.untaken():
        if isinstance(seen.message, m.AuthorizeRequest) and seen.message.id_tag.lower() == holder:
            seen.taken = True
