"""B04 Offline Behavior Idle Charging Station.

The other connectors of the EVSE may report Unavailable, in TC_B_51 instead of Available, in TC_B_52 instead of nothing,
as in Edition 4 (after Part 6 of OCPP 2.1 Edition 2). There RetryBackOffWaitMinimum of TC_B_52 is half the threshold.
"""

from plugfest.lab.case import case
from plugfest.lab.checks.handshake import check_reconnects
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.g_availability.availability import connector_under_test
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.states.authorized import authorized_if_plug_in_blocked
from plugfest.lab.v201.states.connector_status import connector_becomes, connector_name, connectors, free_connector
from plugfest.lab.v201.states.transaction_event import evse_under_test, transaction_event
from plugfest.lab.v201.states.transaction_points import expected_event_type
from plugfest.lab.verdict import NotEquipped
from plugfest.ocpp.v201 import messages as m

THRESHOLD = 30
"""OfflineThreshold in seconds; long enough for the act of an operator."""


SHORT_THRESHOLD = 10
"""OfflineThreshold in seconds where the outage is longer; an operator may take longer still."""


def _configuration(threshold: int, wait: int) -> dict[str, str]:
    return {
        "OCPPCommCtrlr.OfflineThreshold": str(threshold),
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(wait),
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    }


async def _plugged_while_offline(bench: Bench, *, offline: float) -> str | None:
    """The connection is lost, a cable is plugged in, and the station may reconnect after `offline` seconds.

    Returns the eventType of the TransactionEvent that the cable causes; None if it causes none.
    """
    bench.step(1)
    connections_before, facts = bench.csms.connection_count, bench.known_state.conditions
    bench.csms.go_offline()
    bench.step(2)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    bench.known_state.update(ev_connected=True, energy_transfer=facts.authorized)
    await bench.wait(offline)
    bench.step(3)
    bench.csms.go_online()
    await check_reconnects(bench, connections_before)
    return await expected_event_type(bench, facts)


async def _transaction_event_for_cable(bench: Bench, event_type: str | None) -> None:
    """The TransactionEvent that the cable causes, before or after the status (Part 6 section 2.1)."""
    if event_type is not None:
        await transaction_event(bench, event_type, offline=True, evse=evse_under_test(bench))


@case(
    "TC_B_51_CS",
    requirements=("B04.FR.01",),
    configuration=_configuration(SHORT_THRESHOLD, SHORT_THRESHOLD + 2),
    before=authorized_if_plug_in_blocked,
)
async def longer_than_the_threshold(bench: Bench) -> None:
    event_type = await _plugged_while_offline(bench, offline=SHORT_THRESHOLD + 1)
    bench.step(4)
    for evse_id, connector_id in connectors(bench):
        used = (evse_id, connector_id) == connector_under_test(bench)
        status = "Occupied" if used else free_connector(evse_id, {bench.settings.evse_id})
        await connector_becomes(bench, status, evse_id=evse_id, connector_id=connector_id)
    await _transaction_event_for_cable(bench, event_type)


@case(
    "TC_B_52_CS",
    requirements=("B04.FR.02",),
    configuration=_configuration(THRESHOLD, THRESHOLD - 10),  # the station also needs time to connect
    before=authorized_if_plug_in_blocked,
)
async def shorter_than_the_threshold(bench: Bench) -> None:
    event_type = await _plugged_while_offline(bench, offline=1)
    bench.step(4)
    await connector_becomes(bench, "Occupied")
    await _transaction_event_for_cable(bench, event_type)
    await bench.wait(bench.settings.time_tolerance)
    _check_outage_was_short(bench)
    received = list(bench.csms.inbox.since_mark())
    if any(isinstance(request.message, m.BootNotificationRequest) for request in received):
        return  # every status follows a BootNotification (B01.FR.05)
    unchanged = [
        (connector, request.frame.index)
        for request in received
        for connector, status in connector_states(request.message)
        if connector != connector_under_test(bench) and status == "Available"
    ]
    bench.check(  # B04.FR.02
        not unchanged,
        "only the statuses that have changed",
        "also Available of " + ", ".join(connector_name(*connector) for connector, _ in unchanged),
        frame=unchanged[0][1] if unchanged else None,
    )


def _check_outage_was_short(bench: Bench) -> None:
    """Raises NotEquipped if the outage was longer than the threshold: then every status is reported."""
    before, now = bench.csms.connection_periods[-2:]
    outage = now.began - (before.ended or now.began)
    if outage > THRESHOLD:
        raise NotEquipped(f"an outage of at most {THRESHOLD} s is required, and this one took {outage:.0f} s")
