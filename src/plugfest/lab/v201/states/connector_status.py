"""How a station tells the state of a connector: StatusNotification, or NotifyEvent about AvailabilityState."""

from collections.abc import Iterable
from typing import Any

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import any_item, has
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m

Form = tuple[type[Request[Any]], dict[str, object]]


def forms(status: object, evse_id: int, connector_id: int) -> tuple[Form, Form]:
    """Both ways to say it (G01.FR.08): the finding speaks of the first."""
    notification: Form = (
        m.StatusNotificationRequest,
        {"evse_id": evse_id, "connector_id": connector_id, "connector_status": status},
    )
    event: Form = (
        m.NotifyEventRequest,
        {
            "event_data": any_item(
                has(
                    trigger="Delta",
                    actual_value=status,
                    component=has(name="Connector", evse=has(id=evse_id, connector_id=connector_id)),
                    variable=has(name="AvailabilityState"),
                )
            )
        },
    )
    return notification, event


async def connector_becomes(
    bench: Bench,
    status: object,
    *,
    evse_id: int | None = None,
    connector_id: int | None = None,
    within: float | None = None,
) -> AnyReceived:
    """The station reports this status for a connector, by default the one under test."""
    return await bench.expect_any(
        *forms(status, evse_id or bench.settings.evse_id, connector_id or bench.settings.connector_id), within=within
    )


def connectors(bench: Bench, evse_id: int | None = None) -> list[tuple[int, int]]:
    """(evse_id, connector_id) of every connector that the PICS names, or those of one EVSE."""
    return [
        (evse.id, connector.id)
        for evse in bench.product.evses
        for connector in evse.connectors
        if evse_id in (None, evse.id)
    ]


async def all_connectors_report(
    bench: Bench,
    status: object,
    *,
    which: Iterable[tuple[int, int]] | None = None,
    within: float | None = None,
) -> None:
    """Each connector (of the station by default) reports this status, in any order."""
    for evse_id, connector_id in connectors(bench) if which is None else which:
        await connector_becomes(bench, status, evse_id=evse_id, connector_id=connector_id, within=within)
