"""What a station says of a connector is what the hands and the lab have made of it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_facts import ConnectorFacts, Moment, Place
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule

Objection = Callable[[ConnectorFacts, Place, Moment], str | None]
"""Under what condition, which does not hold, a connector may have a status; None if it may have it."""


class Told(NamedTuple):
    """The status of a connector, and the loop time since which it is so by the station's word."""

    place: Place
    status: str
    since: float


def connector_status(
    clause: str,
    facts: Callable[[Evidence], ConnectorFacts],
    objections: Mapping[str, Objection],
    told: Callable[[Exchange], Iterator[Told]],
) -> Rule:
    """The rule of a version, from what its requests mean, what its statuses need, and what says a status."""
    return Rule("the state of a connector", clause, partial(_judge, facts, objections, told))


def _judge(
    facts_of: Callable[[Evidence], ConnectorFacts],
    objections: Mapping[str, Objection],
    told_in: Callable[[Exchange], Iterator[Told]],
    evidence: Evidence,
) -> Iterator[Breach]:
    facts = facts_of(evidence)
    for one in evidence.said:
        for told in told_in(one):
            moment = Moment(min(one.at, told.since), one.at)  # it may have waited for a connection
            objection = objections.get(told.status)
            condition = None if objection is None else objection(facts, told.place, moment)
            if condition is not None:
                evse_id, connector_id = told.place
                expected = f"connector {connector_id} of EVSE {evse_id} {told.status} only {condition}"
                yield Breach(expected, told.status, one.frame)


def known_connectors(clause: str, told: Callable[[Exchange], Iterator[Told]]) -> Rule:
    """A status is about a connector that the PICS names."""
    return Rule("a connector that the station has", clause, partial(_unknown, told))


def _unknown(told_in: Callable[[Exchange], Iterator[Told]], evidence: Evidence) -> Iterator[Breach]:
    places = {(evse.id, connector.id) for evse in evidence.product.evses for connector in evse.connectors}
    for one in evidence.said:
        for told in told_in(one):
            if told.place not in places:
                evse_id, connector_id = told.place
                yield Breach("a connector of the PICS", f"connector {connector_id} of EVSE {evse_id}", one.frame)


# What is the same in every version


def used(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return None if facts.in_use(place[0], moment) else "with somebody there"


def reserved(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    return None if facts.reserved(place[0], moment) else "with a reservation"


def unavailable(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    may_be = True in facts.inoperative(place, moment) or facts.closed(moment) or facts.in_use(place[0], moment)
    return None if may_be else "out of service"


def faulted(facts: ConnectorFacts, place: Place, moment: Moment) -> str | None:
    may_be = True in facts.faulted(place, moment) or facts.unlockable(place, moment)
    return None if may_be else "with a fault"
