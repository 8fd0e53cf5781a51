"""Deauthorized: the CSMS does not accept the token of a transaction that is going on."""

import msgspec

from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import deserted
from plugfest.lab.v201.states.ev_connected import locks_cable
from plugfest.lab.v201.states.transaction_event import stop_points, transaction_event
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

NO_ENERGY = ("EVConnected", "SuspendedEVSE")


async def deauthorized(bench: Bench) -> None:
    """An event has named the token, the CSMS has said that it is not valid, and StopTxOnInvalidId is true."""
    ends = bool(stop_points(bench) & {"Authorized", "PowerPathClosed", "EnergyTransfer"})
    alone = deserted(msgspec.structs.replace(bench.known_state.facts, authorized=False))
    event = await transaction_event(
        bench,
        "Ended" if ends else one_of("Updated", "Ended") if alone else "Updated",
        trigger_reason="Deauthorized",
        offline=one_of(False, UNSET),
        transaction_info=_info(connected=bench.known_state.facts.ev_connected, ends=ends),
    )
    bench.known_state.become(authorized=False, energy_transfer=False)
    bench.known_state.stopped_reasons = ("DeAuthorized",)
    if bench.known_state.facts.ev_connected:
        if event.message.transaction_info.charging_state is UNSET:
            await _energy_stop_reported(bench)
        await _unlock_cable(bench)


def _info(*, connected: bool, ends: bool) -> has:
    """E05.FR.09: without an end the charging state may follow in the next event; without a cable there is none."""
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
    """Erratum 6.2.118 has a locked connector unlocked. Whether one is, the product says at most (AQ-18)."""
    if locks_cable(bench):
        where = bench.settings
        await bench.ask(m.UnlockConnectorRequest(evse_id=where.evse_id, connector_id=where.connector_id))
