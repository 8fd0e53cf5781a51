"""How a station tells the state of its connectors: StatusNotification (4.9)."""

from collections.abc import Iterable, Mapping

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.v16 import messages as m

STATION = 0
"""The connectorId of the charge point itself (3.8)."""

NOT_FAULTED = one_of("NoError", "EVCommunicationError")
"""What a station says of a connector on a bench without faults; the second one is a warning about the EV (4.9)."""


async def connector_becomes(
    bench: Bench,
    status: object,
    *,
    connector_id: int | None = None,
    error_code: object = NOT_FAULTED,
    within: float | None = None,
) -> ReceivedRequest[m.StatusNotificationRequest]:
    """The station reports this status for a connector, by default the one under test."""
    return await bench.expect(
        m.StatusNotificationRequest,
        connector_id=bench.connector_id if connector_id is None else connector_id,
        status=status,
        error_code=error_code,
        within=within,
    )


async def all_report(
    bench: Bench,
    status: object = "Available",
    *,
    but: Mapping[int, object] | None = None,
    which: Iterable[int] | None = None,
    within: float | None = None,
) -> None:
    """The station and each of its connectors report a status, in any order; `but` says which ones another one."""
    others = but or {}
    for connector_id in (STATION, *bench.connectors) if which is None else which:
        expected = others.get(connector_id, status)
        await connector_becomes(bench, expected, connector_id=connector_id, within=within)
