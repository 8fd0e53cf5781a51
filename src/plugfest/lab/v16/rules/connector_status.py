"""What a station of OCPP 1.6 says of a connector, or of itself, is what the hands and the lab have made of it.

A connector with a cable in it may be Available: the driver may have let ConnectionTimeOut pass (4.9, B1).
"""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_facts import NOTHING, ConnectorFacts, Moment, Place
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
from plugfest.lab.v16.rules.connector_facts import STATION, V16Facts
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

ONLY = 1
"""The connector of an EVSE, for hands."""

OF_THE_STATION = ("Available", "Unavailable", "Faulted")
"""The statuses that the charge point itself can have."""


def _available(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    if facts.inoperative(place, moment) == {True}:
        return "in service"
    return "without a fault" if facts.faulted(place, moment) == {True} else None


def _with_a_cable(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return "with a cable in it" if facts.cable(place, moment) == {NOTHING} else None


OBJECTIONS: dict[str, Objection] = {
    "Available": _available,
    "Preparing": used,
    "Charging": _with_a_cable,
    "SuspendedEV": _with_a_cable,
    "SuspendedEVSE": _with_a_cable,
    "Finishing": used,
    "Reserved": reserved,
    "Unavailable": unavailable,
    "Faulted": faulted,
}


def _told(one: Exchange) -> Iterator[Told]:
    request = one.request
    if isinstance(request, m.StatusNotificationRequest) and request.connector_id != STATION:
        since = given(request.timestamp) or one.time
        yield Told((request.connector_id, ONLY), request.status, one.loop_time(since))


def _of_the_station(evidence: Evidence) -> Iterator[Breach]:
    for told in evidence.told(m.StatusNotificationRequest):
        if told.message.connector_id == STATION and told.message.status not in OF_THE_STATION:
            yield Breach(f"connector 0 {', '.join(OF_THE_STATION)}", told.message.status, told.frame)


STATION_STATUS = Rule("the state of the charge point", "section 7.7", _of_the_station)
CONNECTOR_STATUS = connector_status("section 4.9", V16Facts, OBJECTIONS, _told)
KNOWN_CONNECTORS = known_connectors("section 4.9", _told)
