"""A station reports only a connector status that the operator's actions and the lab's requests explain."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias, TypeVar

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_history import ConnectorAddress, ConnectorHistory, StatusPeriod
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation

F = TypeVar("F", bound=ConnectorHistory)

Condition: TypeAlias = Callable[[F, ConnectorAddress, StatusPeriod], str | None]
"""A condition for a status: returns None if it may have been met, otherwise the condition in words."""


class ReportedStatus(NamedTuple):
    """A status of a connector, its loop time according to the station, and the connector's name in findings."""

    connector: ConnectorAddress
    status: str
    since: float
    name: str


def connector_status(
    clause: str,
    history: Callable[[Evidence], F],
    conditions: Mapping[str, Condition[F]],
    reported_statuses: Callable[[Exchange], Iterator[ReportedStatus]],
) -> Rule:
    """The rule of a version, from the effects of its requests, the conditions of its statuses and its messages."""
    return Rule("connector status", clause, partial(_judge_status, history, conditions, reported_statuses))


def _judge_status(
    history_of: Callable[[Evidence], F],
    conditions: Mapping[str, Condition[F]],
    reported_statuses: Callable[[Exchange], Iterator[ReportedStatus]],
    evidence: Evidence,
) -> Iterator[Violation]:
    history = history_of(evidence)
    for exchange in evidence.station_requests:
        for reported in reported_statuses(exchange):
            # It may have been queued offline.
            period = StatusPeriod(min(exchange.at, reported.since), exchange.at, exchange.frame)
            condition = conditions.get(reported.status)
            if condition is None:
                continue
            unmet = history.explain(partial(condition, history, reported.connector, period), period)
            if unmet is None:
                history.note(reported.connector, reported.status, period)
            else:
                yield Violation(
                    f"{reported.name} {reported.status} only {unmet}",
                    f"{reported.status} in {exchange.action}Request",
                    exchange.frame,
                )


def known_connectors(clause: str, reported_statuses: Callable[[Exchange], Iterator[ReportedStatus]]) -> Rule:
    """Each status is about a connector in the PICS."""
    return Rule("known connectors", clause, partial(_judge_known_connectors, reported_statuses))


def _judge_known_connectors(
    reported_statuses: Callable[[Exchange], Iterator[ReportedStatus]], evidence: Evidence
) -> Iterator[Violation]:
    known = {(evse.id, connector.id) for evse in evidence.product.evses for connector in evse.connectors}
    for exchange in evidence.station_requests:
        for reported in reported_statuses(exchange):
            if reported.connector not in known:
                yield Violation("a connector in the PICS", reported.name, exchange.frame)


# Conditions that are the same in every version


def in_use(history: ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    return (
        None
        if history.in_use(connector, period)
        else "after a plug-in, a parked EV, a presented token or a remote start, until the driver has left"
    )


def reserved(history: ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    return None if history.reserved(connector, period) else "while it is reserved"


def unavailable(history: ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    is_possible = (
        True in history.inoperative(connector, period)
        or history.reset_or_update_pending(connector, period)
        or history.in_use(connector, period)
    )
    return None if is_possible else "while it is inoperative, in use, or a reset or firmware update is pending"


def faulted(history: ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    is_possible = True in history.faulted(connector, period) or history.may_fail_to_lock(connector, period)
    return None if is_possible else "while it has a fault or its lock has failed"
