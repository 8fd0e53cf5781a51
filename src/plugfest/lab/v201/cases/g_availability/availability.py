"""ChangeAvailability, and the statuses that the station reports."""

from collections.abc import Sequence

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.states.connector_status import (
    all_connectors_report,
    change_availability_request,
    connector_becomes,
    connector_name,
    connectors,
    unavailable,
)
from plugfest.lab.v201.states.session_ended import session_ended
from plugfest.ocpp.message import Request

Connectors = Sequence[tuple[int, int]]
"""Connectors as (evse_id, connector_id)."""


def connector_under_test(bench: Bench) -> tuple[int, int]:
    """The connector under test as (evse_id, connector_id)."""
    return bench.settings.evse_id, bench.settings.connector_id


async def connector_unavailable(bench: Bench) -> None:
    """The connector under test is set to Inoperative."""
    await unavailable(bench, *connector_under_test(bench))


def statuses(bench: Bench, unavailable: Connectors) -> dict[tuple[int, int], str]:
    """Unavailable for these connectors, Available for all others."""
    return {connector: "Unavailable" if connector in unavailable else "Available" for connector in connectors(bench)}


async def becomes_operative(bench: Bench, affected: Connectors, *target: int) -> None:
    """Operative for the station, an EVSE or a connector: accepted, and each connector concerned reports Available."""
    bench.csms.inbox.set_mark()
    await bench.step(2).call(change_availability_request("Operative", *target), status="Accepted")
    bench.step(3)
    await all_connectors_report(bench, "Available", which=affected)


async def becomes_unavailable(bench: Bench, affected: Connectors, *target: int) -> None:
    """Inoperative for the station, an EVSE or a connector: only the connectors concerned report Unavailable."""
    bench.step(1)
    await unavailable(bench, *target)
    await status_stays(bench, "Available", [connector for connector in connectors(bench) if connector not in affected])


async def already_in_state(bench: Bench, status: str, affected: Connectors, *target: int) -> None:
    """A request for the current state is accepted (G03.FR.03, G04.FR.04), and no status changes.

    Part 6 has steps with notifications here. The ones that came when the state was first reached meet them: Part 2
    requires a notification only for a connector that has changed (G03.FR.04, G04.FR.05).
    """
    bench.csms.inbox.set_mark()
    operational_status = "Operative" if status == "Available" else "Inoperative"
    await bench.step(2).call(change_availability_request(operational_status, *target), status="Accepted")
    bench.step(3)
    await status_stays(bench, status, affected)


async def status_stays(bench: Bench, status: str, affected: Connectors) -> None:
    """The last reported status of each connector is this one, and no other one is reported for a while."""
    await bench.wait(bench.settings.time_tolerance)
    for evse_id, connector_id in affected:
        reported = bench.ledger.connectors.get((evse_id, connector_id))
        bench.check(reported == status, f"status {status} of {connector_name(evse_id, connector_id)}", reported)
    states = (state for request in bench.csms.inbox.since_mark() for state in connector_states(request.message))
    changes = [
        f"{connector_name(*connector)} {now}" for connector, now in states if connector in affected and now != status
    ]
    bench.check(not changes, f"no status other than {status}", ", ".join(changes))


def _check_operative_until_end(bench: Bench, waiting: Connectors, *, since: int) -> None:
    """No connector became Unavailable before the act that ended the transaction, which set the mark of the inbox."""
    every: list[AnyReceived] = bench.csms.inbox.of_type(Request)
    before = (seen for seen in every if since <= seen.number < bench.csms.inbox.mark)
    for seen in before:
        early = [
            connector
            for connector, now in connector_states(seen.message)
            if now == "Unavailable" and connector in waiting
        ]
        bench.check(
            not early,
            "no status Unavailable before the transaction has ended",
            ", ".join(connector_name(*connector) for connector in early),
            frame=seen.frame.index,
        )


async def scheduled(bench: Bench, waiting: Connectors, *target: int) -> None:
    """Inoperative during a transaction: only the EVSE in use waits until it has ended (G03.FR.05, G04.FR.06)."""
    bench.csms.inbox.set_mark()
    scheduled_at = bench.csms.inbox.mark
    await bench.step(2).call(change_availability_request("Inoperative", *target), status="Scheduled")
    if not target:
        bench.step(3, "G04.FR.05")
        free = [connector for connector in connectors(bench) if connector not in waiting]
        await all_connectors_report(bench, "Unavailable", which=free)
    await status_stays(bench, "Occupied", [connector_under_test(bench)])
    bench.step("StopAuthorized")
    await session_ended(bench, status=one_of("Available", "Unavailable"))
    _check_operative_until_end(bench, waiting, since=scheduled_at)
    bench.step("after the transaction", "G04.FR.07" if not target else "G03.FR.04")
    for evse_id, connector_id in waiting:
        if bench.ledger.connectors.get((evse_id, connector_id)) != "Unavailable":
            await connector_becomes(bench, "Unavailable", evse_id=evse_id, connector_id=connector_id)
    if bench.known_state.conditions.ev_connected:
        await bench.operator.unplug(*connector_under_test(bench))
    bench.csms.inbox.set_mark()  # before the transaction ended, the connector may have been Available
    await status_stays(bench, "Unavailable", waiting)
