"""ParkingBayOccupied, EVConnectedPreSession and EVConnectionTimeout; the bay and the cable according to the PICS."""

import asyncio

from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.reserved import reserved_connectors, stays_reserved
from plugfest.lab.v201.states.transaction_event import check_stopped_reason, evse_under_test, transaction_event
from plugfest.lab.v201.states.transaction_points import (
    STOP,
    expected_event_type,
    has_bay_sensor,
    stop_points,
    timeout_ends,
    undetermined,
)
from plugfest.ocpp.message import UNSET

PLUG_IN_TRIGGERS = one_of("CablePluggedIn", "ChargingStateChanged", "RemoteStart")


def has_fixed_cable(bench: Bench) -> bool:
    """Whether the cable of the connector under test is fixed to the station."""
    evse = next(evse for evse in bench.product.evses if evse.id == bench.settings.evse_id)
    connector = next(connector for connector in evse.connectors if connector.id == bench.settings.connector_id)
    return connector.cable == "Fixed Cable"


def locks_cable(bench: Bench) -> bool:
    """Whether the station locks the driver's own cable while charging (AQ-18)."""
    return not has_fixed_cable(bench) and bench.product.answers("AQ-18") is True


async def parking_bay_occupied(bench: Bench) -> None:
    """The EV drives into the bay. Skipped without a bay sensor: Part 6 calls the state optional."""
    if bench.known_state.conditions.bay_occupied or not has_bay_sensor(bench.product):
        return
    before = bench.known_state.conditions
    await bench.operator.park(bench.settings.evse_id)
    bench.known_state.update(bay_occupied=True)
    event_type = await expected_event_type(bench, before)
    if event_type is not None:
        await transaction_event(bench, event_type, trigger_reason="EVDetected")


async def ev_connected_pre_session(bench: Bench, *, seated: bool = True) -> None:
    """Plug in; only half-way if not `seated`. If the driver is authorized, energy transfer may start at once.

    Skipped while the connector is locked until authorization (AQ-2): the cable is connected later. In Edition 4 (after
    Part 6 of OCPP 2.1 Edition 2) other connectors of the EVSE may report Available or Unavailable meanwhile.
    """
    if bench.known_state.conditions.ev_connected or plug_in_blocked(bench):
        return
    await parking_bay_occupied(bench)
    before = bench.known_state.conditions
    await plug_in(bench, seated=seated)
    event_type = await expected_event_type(bench, before)
    if event_type is not None:
        states = ("EVConnected", "SuspendedEVSE", "Charging") if before.authorized else ("EVConnected",)
        await transaction_event(
            bench,
            event_type,
            trigger_reason=PLUG_IN_TRIGGERS,
            transaction_info=has(charging_state=one_of(*states)),
            evse=evse_under_test(bench),
        )


def plug_in_blocked(bench: Bench) -> bool:
    """Whether the connector is locked until the driver is authorized (AQ-2)."""
    return bench.product.answers("AQ-2") is True and not bench.known_state.conditions.authorized


async def plug_in(bench: Bench, *, seated: bool = True) -> None:
    """Plug in at the EVSE under test, half-way if not `seated`; unless reserved, the connector reports Occupied."""
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id, seated=seated)
    bench.known_state.update(ev_connected=True)
    if reserved_connectors(bench):
        await stays_reserved(bench)
    else:
        await connector_becomes(bench, "Occupied")


def ev_connection_timeout(bench: Bench) -> dict[str, str]:
    """The configuration with the EVConnectionTimeOut of the lab's settings."""
    return {"TxCtrlr.EVConnectionTimeOut": str(bench.settings.ev_connection_timeout)}


async def ev_connection_timed_out(bench: Bench, event_type: object = None) -> None:
    """EVConnectionTimeout: the authorization ends since no EV is connected; an ongoing transaction reports it in time.

    Counts from the call: call it right after the authorization. `event_type`: the check of the event's type; if None
    it follows from TxStopPoint.
    """
    tolerance = bench.settings.time_tolerance
    latest = bench.settings.ev_connection_timeout + tolerance
    if not bench.known_state.ongoing:
        await bench.wait(latest)
        bench.known_state.update(authorized=False)
        return
    authorized_at = asyncio.get_running_loop().time()
    ends = timeout_ends(bench)
    event = await transaction_event(
        bench,
        event_type or _event_type(bench),
        within=latest,
        trigger_reason="EVConnectTimeout",
        transaction_info=has(stopped_reason="Timeout" if ends else one_of("Timeout", UNSET)),
    )
    check_stopped_reason(bench, event, "Timeout")
    bench.known_state.update(authorized=False)
    waited = event.at - authorized_at
    bench.check(
        waited >= bench.settings.ev_connection_timeout - tolerance,
        f"EVConnectTimeout after {bench.settings.ev_connection_timeout} s",
        f"after {waited:.1f} s",
        frame=event.frame.index,
    )


def _event_type(bench: Bench) -> object:
    if timeout_ends(bench):
        return "Ended"  # E06.FR.03
    if "ParkingBayOccupancy" in stop_points(bench) and not undetermined(bench, STOP):
        return "Updated"
    return one_of("Ended", "Updated")  # E03.FR.05 recommends Ended, TC_E_05 has Updated
