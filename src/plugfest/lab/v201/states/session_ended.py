"""From energy transfer to the end of the transaction: as many steps of leaving as TxStopPoint asks for."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import stop_authorized
from plugfest.lab.v201.states.ev_connected import ev_connected_post_session, ev_disconnected
from plugfest.lab.v201.states.parking_bay_unoccupied import parking_bay_unoccupied


async def session_ended(bench: Bench, *, unplugged: object = "Available") -> None:
    """StopAuthorized, EVConnectedPostSession, EVDisconnected, ParkingBayUnoccupied, until the transaction has ended.

    `unplugged` is what the connector reports if the cable has to come out for that. Where it has not, it is still in.
    """
    await stop_authorized(bench)
    if bench.known_state.ongoing:
        await ev_connected_post_session(bench)
        await ev_disconnected(bench, status=unplugged)
    if bench.known_state.ongoing:
        await parking_bay_unoccupied(bench)
