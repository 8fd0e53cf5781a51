"""EVConnectedPostSession, EVDisconnected and ParkingBayUnoccupied: from the stop to the empty bay."""

from plugfest.lab.checks.cable import cable_released
from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import is_idle
from plugfest.lab.v201.states.authorized import stop_authorized, stop_method
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.transaction_event import (
    check_stopped_reason,
    last_charging_state,
    track_transaction,
    transaction_event,
)
from plugfest.lab.v201.states.transaction_points import expected_event_type
from plugfest.ocpp.v201 import messages as m


async def ev_connected_post_session(bench: Bench, *, how: str | None = None) -> None:
    """Stop the authorization; the EV stays connected."""
    if bench.known_state.conditions.authorized:
        await stop_authorized(bench, how=how)
    if bench.known_state.ongoing and bench.known_state.conditions.ev_connected:
        await end_of_energy_reported(bench)


async def end_of_energy_reported(bench: Bench) -> None:
    """The event that reports the charging state after a stop, unless it has been reported.

    The event of the stop may have reported it (Part 2 section E.1.5), or no energy has flowed.
    """
    if last_charging_state(bench) != "EVConnected":
        await transaction_event(
            bench,
            "Updated",
            trigger_reason="ChargingStateChanged",
            transaction_info=has(charging_state="EVConnected"),
        )


async def ev_disconnected(
    bench: Bench, *, how: str | None = None, status: object = "Available", within: float | None = None
) -> None:
    """Unplug, after stopping an authorized session; the connector reports `status`, in so many seconds.

    Edition 4 (after Part 6 of OCPP 2.1 Edition 2) states that the transaction may be reported before the connector.
    """
    if bench.known_state.conditions.authorized:
        await ev_connected_post_session(bench, how=how)
    await cable_released(bench, bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id))
    await connector_becomes(bench, status, within=within)
    await disconnection_reported(bench)


async def disconnection_reported(bench: Bench) -> None:
    """The event that reports the disconnected EV, if a transaction is ongoing."""
    before, reasons = bench.known_state.conditions, bench.known_state.stopped_reasons
    bench.known_state.update(ev_connected=False, energy_transfer=False)
    if bench.configuration.is_true("TxCtrlr.StopTxOnEVSideDisconnect"):
        bench.known_state.update(authorized=False)  # E09.FR.01
    event_type = await expected_event_type(bench, before) if bench.known_state.ongoing else None
    if event_type is not None:
        event = await transaction_event(
            bench, event_type, trigger_reason="EVCommunicationLost", transaction_info=has(charging_state="Idle")
        )
        if reasons:
            check_stopped_reason(bench, event, *reasons, "EVDisconnected")  # section 2.1, erratum 6.2.51


async def parking_bay_unoccupied(bench: Bench, *, how: str | None = None) -> None:
    """Unplug if the EV is connected, and leave the bay. `how`: as in `stop_authorized`, if it has to be stopped."""
    if bench.known_state.conditions.ev_connected:
        await ev_disconnected(bench, how=how)
    if not bench.known_state.conditions.bay_occupied:
        return
    await bench.operator.leave(bench.settings.evse_id)
    await departure_reported(bench, how=how)
    await bench.settle()  # the empty bay need not be reported


async def departure_reported(bench: Bench, *, how: str | None = None) -> None:
    """The event that reports the empty bay, if that ends the transaction."""
    before = bench.known_state.conditions
    bench.known_state.update(bay_occupied=False)
    if not bench.known_state.ongoing:
        return
    default = "Remote" if (how or stop_method(bench)) == "remote" else "Local"
    info = has(stopped_reason=one_of(*(bench.known_state.stopped_reasons or (default,))))
    if await expected_event_type(bench, before) == "Ended":
        await transaction_event(bench, "Ended", trigger_reason="EVDeparted", transaction_info=info)
    elif is_idle(bench.known_state.conditions):
        ended = await bench.expect_optional(
            m.TransactionEventRequest,
            within=bench.settings.time_tolerance,
            event_type="Ended",
            trigger_reason="EVDeparted",
            transaction_info=info,
        )
        if ended is not None:
            track_transaction(bench, ended)


async def session_ended(bench: Bench, *, status: object = "Available") -> None:
    """StopAuthorized, EVConnectedPostSession, EVDisconnected, ParkingBayUnoccupied, until the transaction has ended.

    The EV stays connected if the transaction ends before EVDisconnected; else the connector reports `status`.
    """
    await stop_authorized(bench)
    if bench.known_state.ongoing:
        await ev_connected_post_session(bench)
        await ev_disconnected(bench, status=status)
    if bench.known_state.ongoing:
        await parking_bay_unoccupied(bench)
