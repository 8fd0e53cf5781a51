"""E09 When cable disconnected on EV-side: Stop Transaction."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.ev_side_disconnect import (
    connection_lost,
    disconnect_at_ev,
    unplug_at_station,
)
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.energy_transfer import energy_transfer_suspended
from plugfest.lab.v201.states.ev_connected import locks_cable
from plugfest.lab.v201.states.transaction_points import expected_event_type
from plugfest.lab.verdict import CableHeld


def _unlock(value: str) -> dict[str, str]:
    return {"TxCtrlr.StopTxOnEVSideDisconnect": "true", "OCPPCommCtrlr.UnlockOnEVSideDisconnect": value}


@case(
    "TC_E_24_CS",
    requirements=("E09.FR.01", "E09.FR.02", "E09.FR.04"),
    configuration=_unlock("true"),
    before=energy_transfer_suspended,
)
async def unlock(bench: Bench) -> None:
    await _deauthorized_at_ev(bench)
    try:
        await bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id, side="evse")
    except CableHeld as error:
        bench.step(3, "E09.FR.02").check(False, "the cable unlocked at the station", error)
    bench.step(3)
    await connector_becomes(bench, "Available")


@case(
    "TC_E_25_CS",
    requirements=("E09.FR.01", "E09.FR.03", "E09.FR.04"),
    configuration=_unlock("false"),
    before=energy_transfer_suspended,
)
async def keep_locked(bench: Bench) -> None:
    locked = bench.known_state.ongoing  # False: TxStopPoint EnergyTransfer has already ended it
    await _deauthorized_at_ev(bench)
    if locked and locks_cable(bench):
        await _check_locked(bench)
    bench.step(3)
    await unplug_at_station(bench, locked=locked)


async def _check_locked(bench: Bench) -> None:
    """Try to unplug the cable at the station: it stays locked until the driver presents the token (E09.FR.03)."""
    bench.step("cable kept locked", "E09.FR.03")
    try:
        await bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id, side="evse")
    except CableHeld:
        return
    bench.check(False, "the cable locked at the station", "it is unlocked")


async def _deauthorized_at_ev(bench: Bench) -> None:
    before = bench.known_state.conditions
    await disconnect_at_ev(bench)
    bench.known_state.update(authorized=False)  # E09.FR.01
    bench.step(1)
    if bench.known_state.ongoing:
        await connection_lost(bench, await expected_event_type(bench, before))
