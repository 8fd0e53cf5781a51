"""What requests of OCPP 1.6 make of the connectors: connector n is the only one of EVSE n."""

from collections.abc import Iterable, Iterator
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_facts import NOTHING, AvailabilityTarget, ConnectorFacts, Moment, Place
from plugfest.lab.rules.connector_status import (
    Objection,
    Told,
    connector_status,
    faulted,
    known_connectors,
    reserved,
    unavailable,
    used,
)
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

STATION = 0
"""The connectorId of the charge point itself."""


class V16Facts(ConnectorFacts):
    """The charge point and each connector are switched each by itself (5.2)."""

    def _levels(self, place: Place) -> Iterable[AvailabilityTarget]:
        return (None, None), (place[0], None)

    def _switch(self, request: Request[Any]) -> tuple[AvailabilityTarget, bool] | None:
        if not isinstance(request, m.ChangeAvailabilityRequest):
            return None
        return (request.connector_id or None, None), request.type == "Inoperative"

    def _starts(self, request: Request[Any], evse_id: int) -> bool:
        if not isinstance(request, m.RemoteStartTransactionRequest):
            return False
        return given(request.connector_id) in (None, STATION, evse_id)

    def _reserves(self, request: Request[Any], evse_id: int) -> bool:
        """Of a connector, of any one of them, or of the charge point as a whole (5.13)."""
        return isinstance(request, m.ReserveNowRequest) and request.connector_id in (STATION, evse_id)

    def _closes(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest | m.UpdateFirmwareRequest | m.SignedUpdateFirmwareRequest)


ONLY_CONNECTOR = 1
"""The connector of an EVSE, for hands."""

STATION_STATUSES = ("Available", "Unavailable", "Faulted")
"""The statuses that the charge point itself can have."""


def _available(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    if facts.inoperative(place, moment) == {True}:
        return "in service"
    return "without a fault" if facts.faulted(place, moment) == {True} else None


def _with_cable(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return "with a cable in it" if facts.cable(place, moment) == {NOTHING} else None


OBJECTIONS: dict[str, Objection] = {
    "Available": _available,
    "Preparing": used,
    "Charging": _with_cable,
    "SuspendedEV": _with_cable,
    "SuspendedEVSE": _with_cable,
    "Finishing": used,
    "Reserved": reserved,
    "Unavailable": unavailable,
    "Faulted": faulted,
}


def _reported_statuses(one: Exchange) -> Iterator[Told]:
    request = one.request
    if isinstance(request, m.StatusNotificationRequest) and request.connector_id != STATION:
        since = given(request.timestamp) or one.time
        yield Told((request.connector_id, ONLY_CONNECTOR), request.status, one.loop_time(since))


def _judge_station_status(evidence: Evidence) -> Iterator[Breach]:
    for told in evidence.told(m.StatusNotificationRequest):
        if told.message.connector_id == STATION and told.message.status not in STATION_STATUSES:
            yield Breach(f"connector 0 {', '.join(STATION_STATUSES)}", told.message.status, told.frame)


STATION_STATUS = Rule("the state of the charge point", "section 7.7", _judge_station_status)
CONNECTOR_STATUS = connector_status("section 4.9", V16Facts, OBJECTIONS, _reported_statuses)
KNOWN_CONNECTORS = known_connectors("section 4.9", _reported_statuses)
