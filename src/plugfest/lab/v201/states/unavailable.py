"""Unavailable: of the station, an EVSE or a connector."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import all_connectors_report, connectors
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def change_availability(
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
    """Make the station, an EVSE or a connector inoperative and see every connector concerned say so."""
    bench.csms.inbox.set_mark()
    await bench.call(change_availability("Inoperative", evse_id, connector_id), status="Accepted")
    which = [(evse_id, connector_id)] if evse_id and connector_id else connectors(bench, evse_id)
    await all_connectors_report(bench, "Unavailable", which=which)
