"""Reserved: a connector waits for one driver."""

from datetime import timedelta
from typing import TYPE_CHECKING

from plugfest import clock
from plugfest.lab.settings import Token
from plugfest.lab.states.v16.connector_status import connector_becomes
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m

if TYPE_CHECKING:
    from plugfest.lab.v16.bench import Bench

RESERVED_FOR = 120.0
"""Seconds that a reservation lasts, if a case does not say."""


def reserve_now(
    bench: "Bench",
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


async def reserved(bench: "Bench", request: m.ReserveNowRequest | None = None) -> int:
    """Reserve the connector under test and see it Reserved; the number of the reservation."""
    wanted = request or reserve_now(bench)
    bench.csms.inbox.set_mark()
    await bench.call(wanted, status="Accepted")
    await connector_becomes(bench, "Reserved")
    return wanted.reservation_id
