"""Connector status in OCPP 2.0.1."""

from collections.abc import Iterable, Iterator
from typing import Any

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_history import (
    BOTH_ENDS,
    AvailabilityTarget,
    ConnectorAddress,
    ConnectorHistory,
    Reservation,
    StartAttempt,
    StatusPeriod,
)
from plugfest.lab.rules.connector_status import (
    Condition,
    ReportedStatus,
    connector_status,
    faulted,
    in_use,
    known_connectors,
    reserved,
    unavailable,
)
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.rules.transactions import Event, event_time, latest_event_time, transactions
from plugfest.lab.v201.states.connector_status import connector_name
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m

STATUSES_AFTER_PLUG_IN = frozenset({"Occupied", "Unavailable"})
"""The statuses that a station may give the other connectors of an EVSE because of a cable."""


class V201ConnectorHistory(ConnectorHistory):
    """The station, each EVSE and each connector have an availability of their own (G03, G04)."""

    def _targets(self, connector: ConnectorAddress) -> Iterable[AvailabilityTarget]:
        evse_id, connector_id = connector
        return (None, None), (evse_id, None), (evse_id, connector_id)

    def _availability_change(self, request: Request[Any]) -> tuple[AvailabilityTarget, bool] | None:
        if not isinstance(request, m.ChangeAvailabilityRequest):
            return None
        evse = given(request.evse)
        target = (None, None) if evse is None or evse.id == 0 else (evse.id, given(evse.connector_id))
        return target, request.operational_status == "Inoperative"

    def _may_start(self, request: Request[Any], evse_id: int) -> bool:
        return isinstance(request, m.RequestStartTransactionRequest) and given(request.evse_id) in (None, evse_id)

    def _reservation(self, request: Request[Any]) -> Reservation | None:
        if not isinstance(request, m.ReserveNowRequest):
            return None
        return Reservation(request.id, request.expiry_date_time, given(request.evse_id))

    def _resets(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest)  # B12

    def _updates(self, request: Request[Any]) -> bool:
        return isinstance(request, m.UpdateFirmwareRequest)  # L01.FR.07

    def may_be_refused(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether the connector may be inoperative, or be about to be."""
        return True in self.inoperative(connector, period) or self.reset_or_update_pending(connector, period)

    def is_unused(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether another connector of its EVSE may be the one in use."""
        evse = next((each for each in self._evidence.product.evses if each.id == connector[0]), None)
        others = evse is None or len(evse.connectors) > 1
        return others and self.cable(connector, period) != {BOTH_ENDS}

    def _is_over(self, evse_id: int, attempt: StartAttempt, period: StatusPeriod) -> bool:
        """After the act a transaction has ended at the EVSE, and the station had time to report it, or has."""
        return any(
            attempt.frame <= ended.frame < period.frame
            and (attempt.at < event_time(ended) or _was_ended_by(ended, attempt))
            and (event_time(ended) + self._tolerance < period.since or self._is_available_again(evse_id, ended, period))
            for ended in self._ends(evse_id)
        )

    def _ends(self, evse_id: int) -> Iterator[Event]:
        """The last event of each transaction at the EVSE."""
        for transaction in transactions(self._evidence):
            if transaction.evse_id == evse_id:
                yield from (each for each in transaction.received if each.message.event_type == "Ended")

    def _is_available_again(self, evse_id: int, ended: Event, period: StatusPeriod) -> bool:
        """Whether a connector of the EVSE was reported as Available after this event and before the period."""
        return any(
            sent.message.evse_id == evse_id
            and sent.message.connector_status == "Available"
            and ended.frame < sent.frame < period.frame
            for sent in self._evidence.sent(m.StatusNotificationRequest)
        )


def _was_ended_by(ended: Event, attempt: StartAttempt) -> bool:
    """Whether this presented token has ended a transaction."""
    return ended.message.trigger_reason == "StopAuthorized" and attempt.at < latest_event_time(ended)


def _available(history: ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    if history.cable(connector, period) == {BOTH_ENDS}:
        return "while no cable is plugged in"
    if history.inoperative(connector, period) == {True}:
        return "while it is operative"
    return "while it has no fault" if history.faulted(connector, period) == {True} else None


def _unavailable(history: V201ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    """A station may give this status to the other connectors of an EVSE that is in use; the used one is Occupied."""
    unmet = unavailable(history, connector, period)
    if unmet is None and not history.may_be_refused(connector, period) and not history.is_unused(connector, period):
        return "while it is inoperative, or a reset or firmware update is pending: it is the connector in use"
    return unmet


CONDITIONS: dict[str, Condition[V201ConnectorHistory]] = {
    "Available": _available,
    "Occupied": in_use,
    "Reserved": reserved,
    "Unavailable": _unavailable,
    "Faulted": faulted,
}


def _reported_statuses(exchange: Exchange) -> Iterator[ReportedStatus]:
    """From a StatusNotification or an event of the device model (G01.FR.08)."""
    timestamps = [exchange.time]
    if isinstance(exchange.request, m.StatusNotificationRequest):
        timestamps = [exchange.request.timestamp]
    elif isinstance(exchange.request, m.NotifyEventRequest):
        timestamps = [event.timestamp for event in exchange.request.event_data]
    for address, status in connector_states(exchange.request) if exchange.request is not None else ():
        evse_id, connector_id = address
        since = min(exchange.loop_time(timestamp) for timestamp in timestamps)
        yield ReportedStatus(address, status, since, connector_name(evse_id, connector_id))


def _judge_other_connectors(evidence: Evidence) -> Iterator[Violation]:
    for action in evidence.actions_of(ActionKind.PLUG_IN):
        for sent in evidence.sent(m.StatusNotificationRequest):
            soon = sent.frame >= action.frame and sent.at <= action.ended + evidence.settings.time_tolerance
            status = sent.message.connector_status
            if soon and _is_other_connector(sent.message, action) and status in STATUSES_AFTER_PLUG_IN:
                yield Violation(
                    f"no StatusNotificationRequest of connector {sent.message.connector_id} after a cable was plugged"
                    f" in to connector {action.connector_id} of EVSE {action.evse_id}",
                    status,
                    sent.frame,
                )


def _is_other_connector(message: m.StatusNotificationRequest, action: OperatorAction) -> bool:
    return message.evse_id == action.evse_id and message.connector_id != action.connector_id


CONNECTOR_STATUS = connector_status("G01", V201ConnectorHistory, CONDITIONS, _reported_statuses)
KNOWN_CONNECTORS = known_connectors("G01", _reported_statuses)
OTHER_CONNECTORS = Rule(
    "no status of the other connectors of an EVSE", "G01.FR.08", _judge_other_connectors, Level.SHOULD
)
