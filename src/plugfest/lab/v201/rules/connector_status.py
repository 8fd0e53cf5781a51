"""What a station of OCPP 2.0.1 says of a connector is what the hands and the lab have made of it."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_facts import BOTH_ENDS, ConnectorFacts, Moment, Place
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
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.rules.connector_facts import V201Facts
from plugfest.ocpp.v201 import messages as m


def _available(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    if facts.cable(place, moment) == {BOTH_ENDS}:
        return "without a cable in it"
    if facts.inoperative(place, moment) == {True}:
        return "in service"
    return "without a fault" if facts.faulted(place, moment) == {True} else None


OBJECTIONS: dict[str, Objection] = {
    "Available": _available,
    "Occupied": used,
    "Reserved": reserved,
    "Unavailable": unavailable,
    "Faulted": faulted,
}


def _told(one: Exchange) -> Iterator[Told]:
    """A StatusNotification, or an event of the device model (G01.FR.08), and since when it is so."""
    since = [one.time]
    if isinstance(one.request, m.StatusNotificationRequest):
        since = [one.request.timestamp]
    elif isinstance(one.request, m.NotifyEventRequest):
        since = [event.timestamp for event in one.request.event_data]
    for place, status in connector_states(one.request) if one.request is not None else ():
        yield Told(place, status, min(one.loop_time(moment) for moment in since))


CONNECTOR_STATUS = connector_status("G01", V201Facts, OBJECTIONS, _told)
KNOWN_CONNECTORS = known_connectors("G01", _told)
