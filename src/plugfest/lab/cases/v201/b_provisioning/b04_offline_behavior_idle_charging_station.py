"""B04 Offline Behavior Idle Charging Station."""

from plugfest.lab.bench import Bench
from plugfest.lab.case import case
from plugfest.lab.ledger import connector_states
from plugfest.lab.states.connector_status import connector_becomes, connectors

THRESHOLD = 10
"""Seconds of OfflineThreshold in these cases."""


def _configuration(wait: int) -> dict[str, str]:
    return {
        "OCPPCommCtrlr.OfflineThreshold": str(THRESHOLD),
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(wait),
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    }


async def _plugged_while_offline(bench: Bench, *, offline: float) -> None:
    """The connection breaks, a cable goes in, and after so many seconds the station may come back."""
    bench.step(1)
    before = len(bench.csms.connections)
    bench.csms.go_offline()
    bench.step(2)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    await bench.wait(offline)
    bench.step(3)
    bench.csms.go_online()
    back = await bench.csms.wait_connected(within=bench.settings.reconnect_timeout, after=before)
    bench.check(back, "the station connects again", "not connected")


@case("TC_B_51_CS", requirements=("B04.FR.01",), configuration=_configuration(THRESHOLD + 2))
async def longer_than_the_threshold(bench: Bench) -> None:
    await _plugged_while_offline(bench, offline=THRESHOLD + 1)
    bench.step(4)
    under_test = (bench.settings.evse_id, bench.settings.connector_id)
    for evse_id, connector_id in connectors(bench):
        status = "Occupied" if (evse_id, connector_id) == under_test else "Available"
        await connector_becomes(bench, status, evse_id=evse_id, connector_id=connector_id)


@case("TC_B_52_CS", requirements=("B04.FR.02",), configuration=_configuration(THRESHOLD - 2))
async def shorter_than_the_threshold(bench: Bench) -> None:
    await _plugged_while_offline(bench, offline=1)
    bench.step(4)
    await connector_becomes(bench, "Occupied")
    under_test = (bench.settings.evse_id, bench.settings.connector_id)
    others = {place for seen in bench.csms.inbox.since_mark() for place, _ in connector_states(seen.message)}
    bench.check(  # B04.FR.02: only what changed
        others <= {under_test}, "the status of no connector but the one that changed", sorted(others - {under_test})
    )
