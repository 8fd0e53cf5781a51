"""The first event after an authorization: where the CSMS gets to say what it thinks of the token."""

from typing import TYPE_CHECKING

from plugfest.lab.expect import one_of
from plugfest.lab.states.authorized import authorized
from plugfest.lab.states.ev_connected import ev_connected_pre_session
from plugfest.lab.states.points import transaction_event

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


async def first_event(bench: "Bench", *, asks: bool = False) -> None:
    """Authorize, and go on with the session until an event names the token: TxStartPoint decides which (6.2.118)."""
    await authorized(bench, asks=asks)
    if bench.situation.untold_token is not None:
        await ev_connected_pre_session(bench)
    if bench.situation.untold_token is not None:
        reasons = one_of("Authorized", "ChargingStateChanged", "SignedDataReceived")
        await transaction_event(bench, "Started", trigger_reason=reasons)
