"""E06 Stop Transaction options: the transaction ends at TxStopPoint."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import tx_stop_point
from plugfest.lab.v201.cases.e_transactions.ev_side_disconnect import connection_lost, disconnect_at_ev
from plugfest.lab.v201.states.authorized import stop_authorized, stop_method
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started, energy_transfer_suspended
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import require_ended_here, require_stop_point
from plugfest.ocpp.message import UNSET

CONTINUE_ON_EV_SIDE_DISCONNECT = {"TxCtrlr.StopTxOnEVSideDisconnect": "false"}


@case(
    "TC_E_14_CS",
    requirements=("E06.FR.02", "E06.FR.15"),
    configuration=tx_stop_point("EVConnected"),
    before=(energy_transfer_started, ev_connected_post_session),
)
async def ev_disconnected_at_charging_station_side(bench: Bench) -> None:
    remote = _stopped_remotely(bench)
    bench.step(1)
    await bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id)
    await connector_becomes(bench, "Available")
    bench.step(3)
    await require_ended_here(bench, "EVConnected")
    reasons = ("Remote", "EVDisconnected") if remote else ("Local", "EVDisconnected", UNSET)  # erratum 6.2.51
    await connection_lost(bench, "Ended", stopped_reason=one_of(*reasons))


@case(
    "TC_E_20_CS",
    requirements=("E06.FR.02", "E06.FR.15"),
    configuration={**tx_stop_point("EVConnected"), **CONTINUE_ON_EV_SIDE_DISCONNECT},
    before=energy_transfer_suspended,
)
async def ev_disconnected_at_ev_side(bench: Bench) -> None:
    await disconnect_at_ev(bench)
    bench.step(1)
    await require_ended_here(bench, "EVConnected")
    await connection_lost(bench, "Ended", stopped_reason="EVDisconnected")


@case(
    "TC_E_54_CS",
    requirements=("E06.FR.02", "E06.FR.15"),
    configuration={**tx_stop_point("EVConnected"), **CONTINUE_ON_EV_SIDE_DISCONNECT},
    before=energy_transfer_suspended,
)
async def ev_disconnected_at_ev_side_high_level_communication(bench: Bench) -> None:
    await disconnect_at_ev(bench)
    bench.step(1)
    await require_ended_here(bench, "EVConnected")
    await connection_lost(bench, "Ended", stopped_reason=one_of("StoppedByEV", "EVDisconnected"))


@case(
    "TC_E_15_CS",
    requirements=("E06.FR.03", "E06.FR.15"),
    configuration=tx_stop_point("Authorized"),
    before=energy_transfer_started,
)
async def stop_authorized_local(bench: Bench) -> None:
    bench.step(1)  # E06.FR.09: the reason Local may be omitted
    await stop_authorized(bench, how="local")
    require_stop_point(bench, "Authorized")


@case(
    "TC_E_21_CS",
    requirements=("E06.FR.03", "E06.FR.15", "F03.FR.09"),
    configuration=tx_stop_point("Authorized"),
    before=energy_transfer_started,
)
async def stop_authorized_remote(bench: Bench) -> None:
    bench.step(2)
    await stop_authorized(bench, how="remote")
    require_stop_point(bench, "Authorized")


@case(
    "TC_E_07_CS",
    requirements=("E06.FR.06", "E06.FR.15"),
    configuration=tx_stop_point("PowerPathClosed"),
    before=energy_transfer_started,
)
async def power_path_local_stop(bench: Bench) -> None:
    bench.step(1)
    await stop_authorized(bench, how="local")
    require_stop_point(bench, "PowerPathClosed")


@case(
    "TC_E_35_CS",
    requirements=("E06.FR.06", "E06.FR.15"),
    configuration=tx_stop_point("PowerPathClosed"),
    before=energy_transfer_started,
)
async def power_path_remote_stop(bench: Bench) -> None:
    bench.step(2)
    await stop_authorized(bench, how="remote")
    require_stop_point(bench, "PowerPathClosed")


@case(
    "TC_E_37_CS",
    requirements=("E06.FR.06", "E06.FR.15"),
    configuration={**tx_stop_point("PowerPathClosed"), **CONTINUE_ON_EV_SIDE_DISCONNECT},
    before=energy_transfer_suspended,
)
async def power_path_ev_side_disconnect(bench: Bench) -> None:
    await disconnect_at_ev(bench)
    bench.step(1)
    await require_ended_here(bench, "EVConnected")
    await connection_lost(bench, "Ended", stopped_reason=one_of("EVDisconnected", "StoppedByEV"))


@case(
    "TC_E_08_CS",
    requirements=("E06.FR.07", "E06.FR.15"),
    configuration=tx_stop_point("EnergyTransfer"),
    before=energy_transfer_started,
)
async def energy_transfer_stop_authorized(bench: Bench) -> None:
    bench.step(1)
    await stop_authorized(bench)
    require_stop_point(bench, "EnergyTransfer")


@case(
    "TC_E_22_CS",
    requirements=("E06.FR.07", "E06.FR.15"),
    configuration=tx_stop_point("EnergyTransfer"),
    before=energy_transfer_started,
)
async def energy_transfer_suspended_by_ev(bench: Bench) -> None:
    await bench.operator.ev_suspend(bench.settings.evse_id)
    bench.step(1)  # erratum 6.2.50: the suspension ends the transaction
    await require_ended_here(bench, "EnergyTransfer")
    await transaction_event(
        bench,
        "Ended",
        trigger_reason="ChargingStateChanged",
        transaction_info=has(charging_state=one_of("EVConnected", "SuspendedEV"), stopped_reason="StoppedByEV"),
    )


@case(
    "TC_E_19_CS",
    requirements=("E06.FR.01", "E06.FR.15"),
    configuration=tx_stop_point("ParkingBayOccupancy"),
    before=(energy_transfer_started, ev_disconnected),
)
async def parking_bay_unoccupied(bench: Bench) -> None:
    reason = "Remote" if _stopped_remotely(bench) else one_of("Local", UNSET)  # E06.FR.09
    await bench.operator.leave(bench.settings.evse_id)
    bench.step(1)
    await require_ended_here(bench, "ParkingBayOccupancy")
    await transaction_event(bench, "Ended", trigger_reason="EVDeparted", transaction_info=has(stopped_reason=reason))


def _stopped_remotely(bench: Bench) -> bool:
    """Whether the preparation stopped the charging session from the CSMS."""
    return stop_method(bench) == "remote"
