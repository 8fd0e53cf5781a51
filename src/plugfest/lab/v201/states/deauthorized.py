"""Deauthorized: the CSMS rejects the idToken of an ongoing transaction."""

import msgspec

from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import is_idle
from plugfest.lab.v201.states.ev_connected import locks_cable
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import deauthorization_ends
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

NO_ENERGY = ("EVConnected", "SuspendedEVSE")


async def deauthorized(bench: Bench) -> None:
    """The CSMS has rejected the idToken of an event, and StopTxOnInvalidId is true: energy transfer ends."""
    ends = await deauthorization_ends(bench)
    leaves_idle = is_idle(msgspec.structs.replace(bench.known_state.conditions, authorized=False))
    event = await transaction_event(
        bench,
        "Ended" if ends else one_of("Updated", "Ended") if leaves_idle else "Updated",
        trigger_reason="Deauthorized",
        offline=one_of(False, UNSET),
        transaction_info=_info(connected=bench.known_state.conditions.ev_connected, ends=ends),
    )
    bench.known_state.update(authorized=False, energy_transfer=False)
    bench.known_state.stopped_reasons = ("DeAuthorized",)
    if bench.known_state.conditions.ev_connected:
        if event.message.transaction_info.charging_state is UNSET:
            await _energy_stop_reported(bench)
        await _unlock_cable(bench)


def _info(*, connected: bool, ends: bool) -> has:
    """Checks of transactionInfo. Unless the transaction ends, a later event may report chargingState (E05.FR.09)."""
    states = NO_ENERGY if ends and connected else (*NO_ENERGY, UNSET) if connected else ("Idle", *NO_ENERGY, UNSET)
    if ends:
        return has(charging_state=one_of(*states), stopped_reason="DeAuthorized")  # E05.FR.10
    return has(charging_state=one_of(*states))


async def _energy_stop_reported(bench: Bench) -> None:
    await transaction_event(
        bench,
        "Updated",
        trigger_reason="ChargingStateChanged",
        transaction_info=has(charging_state=one_of(*NO_ENERGY)),
    )


async def _unlock_cable(bench: Bench) -> None:
    """Erratum 6.2.118: unlock the connector if the station locks the cable (AQ-18)."""
    if locks_cable(bench):
        where = bench.settings
        await bench.ask(m.UnlockConnectorRequest(evse_id=where.evse_id, connector_id=where.connector_id))
