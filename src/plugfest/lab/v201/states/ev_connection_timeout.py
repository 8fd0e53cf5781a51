"""EVConnectionTimeOut: the driver was authorized and no cable came."""

import asyncio

from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.points import start_points, stop_points, transaction_event
from plugfest.ocpp.message import UNSET


def ev_connection_timeout(bench: Bench) -> dict[str, str]:
    """The configuration that makes the station wait as long as the lab expects it to."""
    return {"TxCtrlr.EVConnectionTimeOut": str(bench.settings.ev_connection_timeout)}


async def not_plugged_in(bench: Bench) -> None:
    """Wait until the authorization is over, and see that a transaction that has begun tells so, and when.

    Counts from now: call it right after the authorization.
    """
    tolerance = bench.settings.time_tolerance
    latest = bench.settings.ev_connection_timeout + tolerance
    if not bench.known_state.ongoing:
        await bench.wait(latest)
        bench.known_state.become(authorized=False)
        return
    authorized_at = asyncio.get_running_loop().time()
    ends = "Authorized" in stop_points(bench)
    event = await transaction_event(
        bench,
        _event_type(bench),
        within=latest,
        trigger_reason="EVConnectTimeout",
        transaction_info=has(stopped_reason="Timeout" if ends else one_of("Timeout", UNSET)),
    )
    bench.known_state.become(authorized=False)
    waited = event.at - authorized_at
    bench.check(
        waited >= bench.settings.ev_connection_timeout - tolerance,
        f"EVConnectTimeout after {bench.settings.ev_connection_timeout} s",
        f"after {waited:.1f} s",
        frame=event.frame.index,
    )


def _event_type(bench: Bench) -> object:
    if "Authorized" in stop_points(bench):
        # TC_E_39 has Updated where the transaction began with the bay, TC_E_05 and E06.FR.03 have Ended there too.
        return one_of("Ended", "Updated") if "ParkingBayOccupancy" in start_points(bench) else "Ended"
    if "ParkingBayOccupancy" in stop_points(bench):
        return "Updated"
    return one_of("Ended", "Updated")  # E03.FR.05 recommends the end, TC_E_05 asks for Updated
