"""E10 When cable disconnected on EV-side: Suspend Transaction."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import supported_points, tx_stop_point
from plugfest.lab.v201.cases.e_transactions.ev_side_disconnect import (
    connection_lost,
    disconnect_at_ev,
)
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.energy_transfer import energy_transfer_suspended
from plugfest.lab.v201.states.ev_connected import ev_connection_timed_out, ev_connection_timeout, has_fixed_cable
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import require_not_ended_here

WITHOUT_CABLE = {"C-10.2": "Authorized", "C-10.5": "ParkingBayOccupancy"}
"""The stop points that do not depend on the cable, by PICS feature."""


def _suspend_on_disconnect(bench: Bench) -> tuple[Need, ...]:
    points = supported_points(bench, WITHOUT_CABLE)
    return needs(
        {
            **tx_stop_point(",".join(points)),
            "TxCtrlr.StopTxOnEVSideDisconnect": "false",
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": "false",
            **ev_connection_timeout(bench),
        }
    )


@case(
    "TC_E_26_CS",
    requirements=("E10.FR.01", "E10.FR.03"),
    configuration=_suspend_on_disconnect,
    before=energy_transfer_suspended,
)
async def reconnected(bench: Bench) -> None:
    await _suspended_at_ev(bench)
    await _reconnect(bench)
    bench.step(5)
    await transaction_event(
        bench, "Updated", trigger_reason="CablePluggedIn", transaction_info=has(charging_state="EVConnected")
    )
    bench.step(7)
    await transaction_event(
        bench, "Updated", trigger_reason="ChargingStateChanged", transaction_info=has(charging_state="Charging")
    )


@case(
    "TC_E_27_CS",
    requirements=("E10.FR.02", "E10.FR.03"),
    configuration=_suspend_on_disconnect,
    before=energy_transfer_suspended,
)
async def connection_timeout(bench: Bench) -> None:
    await _suspended_at_ev(bench)
    bench.step(5, "E10.FR.02")  # erratum 6.2.52: the cable is not plugged in again
    await ev_connection_timed_out(bench)


async def _reconnect(bench: Bench) -> None:
    """Plug the cable into an EV that requests energy."""
    await bench.operator.ev_resume(bench.settings.evse_id)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    bench.known_state.update(ev_connected=True)


async def _suspended_at_ev(bench: Bench) -> None:
    await disconnect_at_ev(bench)
    bench.step(1)
    await require_not_ended_here(bench, "EVConnected")
    await connection_lost(bench, "Updated")
    if has_fixed_cable(bench):
        bench.step(3)
        await connector_becomes(bench, "Available")
