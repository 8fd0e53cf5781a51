"""Connector status: how a station reports it; the state Unavailable."""

from collections.abc import Container, Iterable
from typing import Any

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import any_item, has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET, Request
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

Report = tuple[type[Request[Any]], dict[str, object]]


def reports(status: object, evse_id: int, connector_id: int) -> tuple[Report, Report]:
    """StatusNotification and NotifyEvent about AvailabilityState (G01.FR.08). A finding names the first."""
    notification: Report = (
        m.StatusNotificationRequest,
        {"evse_id": evse_id, "connector_id": connector_id, "connector_status": status},
    )
    event: Report = (
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
    """The station reports this status of a connector, by default the one under test."""
    return await bench.expect_any(
        *reports(status, evse_id or bench.settings.evse_id, connector_id or bench.settings.connector_id), within=within
    )


def free_connector(evse_id: int, occupied: Container[int]) -> object:
    """The check of the status of a connector without an EV. `occupied`: the ids of the EVSEs with an EV.

    A station may report those beside a connector in use as Unavailable, since none of them can be used (Edition 4,
    after Part 6 of OCPP 2.1 Edition 2).
    """
    return one_of("Available", "Unavailable") if evse_id in occupied else "Available"


def connector_name(evse_id: int, connector_id: int) -> str:
    """The name of a connector in findings."""
    return f"connector {connector_id} of EVSE {evse_id}"


def connectors(bench: Bench, evse_id: int | None = None) -> list[tuple[int, int]]:
    """(evse_id, connector_id) of every connector in the PICS, or those of one EVSE."""
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
    """Each of these connectors, by default all of the station, reports this status, in any order."""
    for evse_id, connector_id in connectors(bench) if which is None else which:
        await connector_becomes(bench, status, evse_id=evse_id, connector_id=connector_id, within=within)


def change_availability_request(
    status: str, evse_id: int | None = None, connector_id: int | None = None
) -> m.ChangeAvailabilityRequest:
    """ChangeAvailability for the station, an EVSE or a connector."""
    evse = (
        UNSET
        if evse_id is None
        else t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)
    )
    return m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType(status), evse=evse)


async def unavailable(bench: Bench, evse_id: int | None = None, connector_id: int | None = None) -> None:
    """Make the station, an EVSE or a connector inoperative; each connector concerned reports Unavailable."""
    bench.csms.inbox.set_mark()
    await bench.call(change_availability_request("Inoperative", evse_id, connector_id), status="Accepted")
    which = [(evse_id, connector_id)] if evse_id and connector_id else connectors(bench, evse_id)
    await all_connectors_report(bench, "Unavailable", which=which)
