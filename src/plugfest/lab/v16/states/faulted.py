"""Faulted: connectors are broken."""

from plugfest.lab.expectations import none_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.connector_status import connector_becomes


async def faulted(bench: Bench, connector_id: int | None = None) -> None:
    """Break a connector, by default the one under test, and see it Faulted. Which error it names is its own affair."""
    await bench.fault(present=True, connector_id=connector_id)
    await connector_becomes(bench, "Faulted", connector_id=connector_id, error_code=none_of("NoError"))


async def all_faulted(bench: Bench) -> None:
    """Break every connector, and so the whole station. What it says of itself is another thing (4.9)."""
    for connector_id in bench.connectors:
        await faulted(bench, connector_id)
