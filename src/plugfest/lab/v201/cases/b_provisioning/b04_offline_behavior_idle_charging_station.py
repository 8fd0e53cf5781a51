"""B04 Offline Behavior Idle Charging Station."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.states.authorized import authorized_if_plug_in_blocked
from plugfest.lab.v201.states.connector_status import connector_becomes, connectors
from plugfest.lab.v201.states.transaction_event import evse_under_test, expected_event_type, transaction_event

THRESHOLD = 10
"""Seconds of OfflineThreshold in these cases."""


def _configuration(wait: int) -> dict[str, str]:
    return {
        "OCPPCommCtrlr.OfflineThreshold": str(THRESHOLD),
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(wait),
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    }


async def _plugged_while_offline(bench: Bench, *, offline: float) -> str | None:
    """The connection breaks, a cable goes in, and after so many seconds the station may come back.

    Returns the type of the transaction event that the cable brings about, if it does.
    """
    bench.step(1)
    before, facts = len(bench.csms.connections), bench.known_state.facts
    bench.csms.go_offline()
    bench.step(2)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    bench.known_state.become(ev_connected=True, energy_transfer=facts.authorized)
    await bench.wait(offline)
    bench.step(3)
    bench.csms.go_online()
    back = await bench.csms.wait_connected(within=bench.settings.reconnect_timeout, after=before)
    bench.check(back, "the station connects again", "not connected")
    return expected_event_type(bench, facts)


async def _transaction_told(bench: Bench, event_type: str | None) -> None:
    """What TxStartPoint makes of the cable is told too, in any order with the status (Part 6 section 2.1)."""
    if event_type is not None:
        await transaction_event(bench, event_type, offline=True, evse=evse_under_test(bench))


@case(
    "TC_B_51_CS",
    requirements=("B04.FR.01",),
    configuration=_configuration(THRESHOLD + 2),
    before=authorized_if_plug_in_blocked,
)
async def longer_than_the_threshold(bench: Bench) -> None:
    event_type = await _plugged_while_offline(bench, offline=THRESHOLD + 1)
    bench.step(4)
    plugged = (bench.settings.evse_id, bench.settings.connector_id)
    for evse_id, connector_id in connectors(bench):
        status = "Occupied" if (evse_id, connector_id) == plugged else "Available"
        await connector_becomes(bench, status, evse_id=evse_id, connector_id=connector_id)
    await _transaction_told(bench, event_type)


@case(
    "TC_B_52_CS",
    requirements=("B04.FR.02",),
    configuration=_configuration(THRESHOLD - 2),
    before=authorized_if_plug_in_blocked,
)
async def shorter_than_the_threshold(bench: Bench) -> None:
    event_type = await _plugged_while_offline(bench, offline=1)
    bench.step(4)
    await connector_becomes(bench, "Occupied")
    await _transaction_told(bench, event_type)
    plugged = (bench.settings.evse_id, bench.settings.connector_id)
    others = {place for seen in bench.csms.inbox.since_mark() for place, _ in connector_states(seen.message)}
    bench.check(  # B04.FR.02: only what changed
        others <= {plugged}, "the status of no connector but the one that changed", sorted(others - {plugged})
    )
