"""The cable is unplugged from the EV during a transaction, and then from the station."""

from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.ev_connected import has_fixed_cable, locks_cable
from plugfest.lab.v201.states.transaction_event import Event, transaction_event
from plugfest.ocpp.v201 import messages as m


async def disconnect_at_ev(bench: Bench) -> None:
    """Unplug the cable from the EV. A fixed cable has no other end."""
    side = "both" if has_fixed_cable(bench) else "ev"
    await bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id, side=side)
    bench.known_state.update(ev_connected=False, energy_transfer=False)


async def connection_lost(bench: Bench, event_type: object, **info: object) -> Event:
    """The TransactionEvent that reports the lost EV."""
    return await transaction_event(
        bench,
        event_type,
        trigger_reason="EVCommunicationLost",
        transaction_info=has(charging_state="Idle", **info),
    )


async def unplug_at_station(bench: Bench, *, locked: bool = True) -> None:
    """The driver unplugs their own cable, after presenting the token if it is locked; the connector is Available.

    `locked`: whether a connector with a lock still holds the cable.
    """
    if not has_fixed_cable(bench):
        if locked and locks_cable(bench) and not bench.configuration.is_true("OCPPCommCtrlr.UnlockOnEVSideDisconnect"):
            token = bench.known_state.token or bench.tokens.valid
            await bench.operator.present_token(token, bench.settings.evse_id)
            await bench.expect_optional(m.AuthorizeRequest, within=bench.settings.time_tolerance)  # E09.FR.03
        await bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id, side="evse")
    await connector_becomes(bench, "Available")
