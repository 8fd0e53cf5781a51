"""SetConnectorOccupied: somebody's EV stands at a connector."""

from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import plugged_in
from plugfest.lab.v16.states.connector_status import connector_becomes


async def occupied(bench: Bench, connector_id: int | None = None) -> None:
    """An EV is connected, by default at the connector under test, and the connector is Preparing."""
    if connector_id in (None, bench.connector_id):
        await plugged_in(bench)
        return
    await bench.plug_in(connector_id)
    await connector_becomes(bench, "Preparing", connector_id=connector_id)


async def all_occupied(bench: Bench) -> None:
    """An EV stands at every connector."""
    for connector_id in bench.connectors:
        await occupied(bench, connector_id)
