"""The cable of the connector under test, as the PICS describes it."""

from collections.abc import Awaitable

from plugfest.lab.bench import AnyBench
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import CableHeld


def has_fixed_cable(bench: Bench) -> bool:
    """Whether the cable hangs on the station for good."""
    evse = next(evse for evse in bench.product.evses if evse.id == bench.settings.evse_id)
    connector = next(connector for connector in evse.connectors if connector.id == bench.settings.connector_id)
    return connector.cable == "Fixed Cable"


def is_locked_in(bench: Bench) -> bool:
    """Whether the station holds the driver's own cable while he charges (AQ-18)."""
    return not has_fixed_cable(bench) and bench.product.answers("AQ-18") is True


async def comes_out(bench: AnyBench, pull: Awaitable[None]) -> None:
    """Pull out a cable that the driver has a right to: who has stopped need not leave it behind."""
    try:
        await pull
    except CableHeld as held:
        bench.judge.check(False, "a cable that the driver can take with him", str(held))
