"""What a station says of a connector is what the hands and the lab have made of it."""

from collections.abc import Callable, Iterator

from plugfest.lab.exchanges import Exchange
from plugfest.lab.ledger import connector_states
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.rules.v201.connector_facts import BOTH_ENDS, ConnectorFacts, Moment, Place
from plugfest.ocpp.v201 import messages as m


def _available(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    if facts.cable(place, moment) == {BOTH_ENDS}:
        return "without a cable in it"
    if facts.inoperative(place, moment) == {True}:
        return "in service"
    return "without a fault" if facts.faulted(place, moment) == {True} else None


def _occupied(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return None if facts.in_use(place[0], moment) else "with somebody there"


def _reserved(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return None if facts.reserved(place[0], moment) else "with a reservation"


def _unavailable(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    may_be = True in facts.inoperative(place, moment) or facts.closed(moment) or facts.in_use(place[0], moment)
    return None if may_be else "out of service"


def _faulted(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return None if True in facts.faulted(place, moment) else "with a fault"


OBJECTIONS: dict[str, Callable[[ConnectorFacts, Place, Moment], str | None]] = {
    "Available": _available,
    "Occupied": _occupied,
    "Reserved": _reserved,
    "Unavailable": _unavailable,
    "Faulted": _faulted,
}
"""Under what condition, which does not hold, a connector may have each status; None if it may have it."""


def _judge(evidence: Evidence) -> Iterator[Breach]:
    facts = ConnectorFacts(evidence)
    for one in evidence.said:
        for place, status in connector_states(one.request) if one.request is not None else ():
            condition = OBJECTIONS[status](facts, place, _moment(one)) if status in OBJECTIONS else None
            if condition is not None:
                evse_id, connector_id = place
                yield Breach(f"connector {connector_id} of EVSE {evse_id} {status} only {condition}", status, one.frame)


def _moment(one: Exchange) -> Moment:
    """From when it was so, by the station's word, until it was told: it may have waited for a connection."""
    told = [one.time]
    if isinstance(one.request, m.StatusNotificationRequest):
        told = [one.request.timestamp]
    elif isinstance(one.request, m.NotifyEventRequest):
        told = [event.timestamp for event in one.request.event_data]
    return Moment(min([one.at, *(one.loop_time(moment) for moment in told)]), one.at)


CONNECTOR_STATUS = Rule("the state of a connector", "G01", _judge)
