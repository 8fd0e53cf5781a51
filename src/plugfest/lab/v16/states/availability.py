"""SetConnectorUnavailable and SetChargePointUnavailable."""

from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.connector_status import STATION, all_report, connector_becomes
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def change_availability(bench: Bench, connector_id: int, kind: str, *, status: object = "Accepted") -> None:
    """ChangeAvailability to "Operative" or "Inoperative" (5.2)."""
    bench.csms.inbox.set_mark()
    request = m.ChangeAvailabilityRequest(connector_id=connector_id, type=t.ChangeAvailabilityType(kind))
    await bench.call(request, status=status)


async def connector_unavailable(bench: Bench, connector_id: int | None = None) -> None:
    """Make a connector inoperative, by default the one under test, and see it say so."""
    which = bench.connector_id if connector_id is None else connector_id
    await change_availability(bench, which, "Inoperative")
    await connector_becomes(bench, "Unavailable", connector_id=which)


async def unused_unavailable(bench: Bench) -> None:
    """Make every connector but the one under test inoperative."""
    for connector_id in bench.connectors:
        if connector_id != bench.connector_id:
            await connector_unavailable(bench, connector_id)


async def charge_point_unavailable(bench: Bench) -> None:
    """Make the whole station inoperative, and see itself and every connector say so."""
    await change_availability(bench, STATION, "Inoperative")
    await all_report(bench, "Unavailable")
