"""EVConnectedPreSession, EVConnectedPostSession and EVDisconnected."""

from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized, stop_authorized
from plugfest.lab.v201.states.cable import comes_out
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.parking_bay import parking_bay_occupied
from plugfest.lab.v201.states.points import event_type_now, transaction_event, under_test
from plugfest.ocpp.v201 import messages as m

PLUGGED = one_of("CablePluggedIn", "ChargingStateChanged", "RemoteStart")


async def ev_connected_pre_session(bench: Bench) -> None:
    """Plug in. Before authorization this only connects; after it energy may flow at once.

    Where a lock keeps everybody out who is not authorized (AQ-2), nothing is done before: the cable comes later.
    """
    if bench.known_state.facts.ev_connected or locked_out(bench):
        return
    await parking_bay_occupied(bench)
    before = bench.known_state.facts
    await plug_in(bench)
    event_type = event_type_now(bench, before)
    if event_type is not None:
        states = ("EVConnected", "SuspendedEVSE", "Charging") if before.authorized else ("EVConnected",)
        await transaction_event(
            bench,
            event_type,
            trigger_reason=PLUGGED,
            transaction_info=has(charging_state=one_of(*states)),
            evse=under_test(bench),
        )


def locked_out(bench: Bench) -> bool:
    """Whether the station lets nobody plug in now (AQ-2)."""
    return bench.product.answers("AQ-2") is True and not bench.known_state.facts.authorized


async def let_in(bench: Bench) -> None:
    """Authorize the driver where a lock keeps him out: a preparation for cases about the cable alone."""
    if locked_out(bench):
        await authorized(bench)
        await bench.settle()


async def plug_in(bench: Bench) -> None:
    """Connect EV and EVSE under test and see the connector become Occupied."""
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    bench.known_state.become(ev_connected=True)
    await connector_becomes(bench, "Occupied")


async def ev_connected_post_session(bench: Bench, *, how: str | None = None) -> None:
    """No energy and no authorization, the cable still in."""
    if bench.known_state.facts.authorized:
        await stop_authorized(bench, how=how)
    if bench.known_state.ongoing:
        await end_of_energy_told(bench)


async def end_of_energy_told(bench: Bench) -> None:
    """The charging state after a stop. It may have come together with the stop, so nobody demands it."""
    await bench.expect_optional(
        m.TransactionEventRequest,
        within=bench.settings.time_tolerance,
        trigger_reason="ChargingStateChanged",
        transaction_info=has(charging_state="EVConnected"),
    )


async def ev_disconnected(bench: Bench, *, how: str | None = None, status: object = "Available") -> None:
    """Unplug, after the session was stopped if one was under way. `status` is what the connector reports then."""
    if bench.known_state.facts.authorized:
        await ev_connected_post_session(bench, how=how)
    await comes_out(bench, bench.operator.plug_out(bench.settings.evse_id, bench.settings.connector_id))
    await connector_becomes(bench, status)
    await disconnection_told(bench)


async def disconnection_told(bench: Bench) -> None:
    """What the station tells of the lost connection, if a transaction is going on."""
    before = bench.known_state.facts
    bench.known_state.become(ev_connected=False, energy_transfer=False)
    if bench.configuration.is_true("TxCtrlr.StopTxOnEVSideDisconnect"):
        bench.known_state.become(authorized=False)  # E09.FR.01
    event_type = event_type_now(bench, before) if bench.known_state.ongoing else None
    if event_type is not None:
        await transaction_event(
            bench,
            event_type,
            trigger_reason="EVCommunicationLost",
            transaction_info=has(charging_state=one_of("Idle")),
        )
