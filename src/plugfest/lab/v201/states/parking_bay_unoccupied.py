"""ParkingBayUnoccupied."""

from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import deserted
from plugfest.lab.v201.states.authorized import stop_way
from plugfest.lab.v201.states.ev_connected import ev_disconnected
from plugfest.lab.v201.states.points import event_type_now, note, transaction_event
from plugfest.ocpp.v201 import messages as m


async def parking_bay_unoccupied(bench: Bench, *, how: str | None = None) -> None:
    """The EV leaves the bay, after it was disconnected. `how` is the way in which a running session is stopped."""
    if bench.known_state.facts.ev_connected:
        await ev_disconnected(bench, how=how)
    if not bench.known_state.facts.bay_occupied:
        return
    await bench.operator.leave(bench.settings.evse_id)
    await departure_told(bench, how=how)
    await bench.settle()  # no message has to tell that the bay is empty


async def departure_told(bench: Bench, *, how: str | None = None) -> None:
    """What the station tells of the bay that is empty again, if that ends the transaction."""
    before = bench.known_state.facts
    bench.known_state.become(bay_occupied=False)
    if not bench.known_state.ongoing:
        return
    usual = "Remote" if (how or stop_way(bench)) == "remote" else "Local"
    info = has(stopped_reason=one_of(*(bench.known_state.stopped_reasons or (usual,))))
    if event_type_now(bench, before) == "Ended":
        await transaction_event(bench, "Ended", trigger_reason="EVDeparted", transaction_info=info)
    elif deserted(bench.known_state.facts):
        ended = await bench.expect_optional(
            m.TransactionEventRequest,
            within=bench.settings.time_tolerance,
            event_type="Ended",
            trigger_reason="EVDeparted",
            transaction_info=info,
        )
        if ended is not None:
            note(bench, ended)
