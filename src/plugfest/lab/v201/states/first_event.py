"""The first event after an authorization: where the CSMS gets to say what it thinks of the token."""

from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.points import transaction_event


async def first_event(bench: Bench, *, asks: bool = False) -> None:
    """Authorize, and go on with the session until an event names the token: TxStartPoint decides which (6.2.118)."""
    await authorized(bench, asks=asks)
    if bench.known_state.untold_token is not None:
        await ev_connected_pre_session(bench)
    if bench.known_state.untold_token is not None:
        reasons = one_of("Authorized", "ChargingStateChanged", "SignedDataReceived")
        await transaction_event(bench, "Started", trigger_reason=reasons)
