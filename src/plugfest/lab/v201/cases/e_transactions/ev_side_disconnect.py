"""The cable comes out of the EV while the session is going on."""

from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.ev_connected import has_fixed_cable
from plugfest.lab.v201.states.transaction_event import Event, transaction_event


async def disconnect_at_ev(bench: Bench) -> None:
    """Pull the cable out of the EV. A fixed cable has no other end to pull."""
    side = "both" if has_fixed_cable(bench) else "ev"
    await bench.operator.plug_out(bench.settings.evse_id, bench.settings.connector_id, side=side)
    bench.known_state.become(ev_connected=False, energy_transfer=False)


async def reconnect(bench: Bench) -> None:
    """Plug the cable into an EV that wants energy."""
    await bench.operator.ev_resume(bench.settings.evse_id)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    bench.known_state.become(ev_connected=True)


async def connection_lost(bench: Bench, event_type: object, **info: object) -> Event:
    """The TransactionEvent that tells of the lost EV."""
    return await transaction_event(
        bench,
        event_type,
        trigger_reason="EVCommunicationLost",
        transaction_info=has(charging_state="Idle", **info),
    )
