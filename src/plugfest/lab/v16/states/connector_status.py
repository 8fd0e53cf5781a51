"""Connector status: how a station reports it (4.9), and the states Unavailable and Faulted."""

from collections.abc import Iterable, Mapping

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import anything, one_of
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

STATION = 0
"""The connectorId of the charge point itself (3.8)."""

NOT_FAULTED = one_of("NoError", "EVCommunicationError")
"""The error codes of a connector without a fault; EVCommunicationError is a warning about the EV (4.9)."""


async def connector_becomes(
    bench: Bench,
    status: object,
    *,
    connector_id: int | None = None,
    error_code: object = NOT_FAULTED,
    within: float | None = None,
) -> ReceivedRequest[m.StatusNotificationRequest]:
    """The station reports this status of a connector, by default the one under test."""
    return await bench.expect(
        m.StatusNotificationRequest,
        connector_id=bench.connector_id if connector_id is None else connector_id,
        status=status,
        error_code=error_code,
        within=within,
    )


async def all_connectors_report(
    bench: Bench,
    status: object = "Available",
    *,
    exceptions: Mapping[int, object] | None = None,
    which: Iterable[int] | None = None,
    within: float | None = None,
) -> None:
    """The station and each connector report `status`, or their status in `exceptions`, in any order."""
    others = exceptions or {}
    for connector_id in (STATION, *bench.connectors) if which is None else which:
        expected = others.get(connector_id, status)
        await connector_becomes(bench, expected, connector_id=connector_id, within=within)


async def change_availability(bench: Bench, connector_id: int, kind: str, *, status: object = "Accepted") -> None:
    """Send ChangeAvailability: "Operative" or "Inoperative" (5.2)."""
    bench.csms.inbox.set_mark()
    request = m.ChangeAvailabilityRequest(connector_id=connector_id, type=t.ChangeAvailabilityType(kind))
    await bench.call(request, status=status)


async def connector_unavailable(bench: Bench, connector_id: int | None = None) -> None:
    """SetConnectorUnavailable: make a connector inoperative, by default the one under test."""
    which = bench.connector_id if connector_id is None else connector_id
    await change_availability(bench, which, "Inoperative")
    await connector_becomes(bench, "Unavailable", connector_id=which)


async def other_connectors_unavailable(bench: Bench) -> None:
    """Make every other connector inoperative."""
    for connector_id in bench.connectors:
        if connector_id != bench.connector_id:
            await connector_unavailable(bench, connector_id)


async def charge_point_unavailable(bench: Bench) -> None:
    """SetChargePointUnavailable: make the station inoperative; it and every connector report Unavailable."""
    await change_availability(bench, STATION, "Inoperative")
    await all_connectors_report(bench, "Unavailable")


async def faulted(bench: Bench, connector_id: int | None = None) -> None:
    """Cause a fault of a connector, by default the one under test, which becomes Faulted with any errorCode."""
    await bench.fault(present=True, connector_id=connector_id)
    await connector_becomes(bench, "Faulted", connector_id=connector_id, error_code=anything)


async def all_faulted(bench: Bench) -> None:
    """Cause a fault of every connector. The status of the station itself is not checked (4.9)."""
    for connector_id in bench.connectors:
        await faulted(bench, connector_id)
