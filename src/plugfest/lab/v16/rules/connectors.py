"""Connector status in OCPP 1.6. Connector n is the only connector of EVSE n of the product."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_history import (
    BOTH_ENDS,
    NO_CABLE,
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
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.sessions import Authorizations, Transaction
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

STATION = 0
"""The connectorId of the charge point itself."""

ONLY_CONNECTOR = 1
"""The connector_id of the only connector of an EVSE of the product."""

STATION_STATUSES = ("Available", "Unavailable", "Faulted")
"""The statuses that the charge point itself can have."""


WITHOUT_TRANSACTION = ("Available", "Finishing")
"""The statuses of a connector whose transaction has stopped."""

MINIMUM_DURATION = "MinimumStatusDuration"


class V16ConnectorHistory(ConnectorHistory):
    """The charge point and each connector have an availability of their own (5.2)."""

    def __init__(self, ledger: Ledger, evidence: Evidence) -> None:
        super().__init__(evidence)
        self._authorizations = Authorizations(evidence)
        self._tolerance += _minimum_duration(evidence)
        self.continued = _continued_transactions(ledger, evidence)

    def authorized(self, connector_id: int, period: StatusPeriod) -> bool:
        """Whether a driver may have been authorized at the connector, or a transaction may be in progress there."""
        return (
            self._may_bring_state
            or connector_id in self.continued
            or self.in_transaction(connector_id, period)
            or bool(self._authorizations.unused(period.frame, connector_id))
        )

    def in_transaction(self, connector_id: int, period: StatusPeriod) -> bool:
        """Whether a transaction of this case may be in progress; the station may be late to report its end."""
        return any(
            transaction.start.frame < period.frame
            and period.since <= transaction.stopped_at + self._tolerance
            and not self._ended_by_status(transaction, period)
            for transaction in self._at(connector_id)
        )

    def _ended_by_status(self, transaction: Transaction, period: StatusPeriod) -> bool:
        """Whether the station has reported a status without a transaction since the start (7.7)."""
        statuses = self._statuses_after(transaction, period)
        return any(sent.message.status in WITHOUT_TRANSACTION for sent in statuses)

    def _statuses_after(
        self, transaction: Transaction, period: StatusPeriod
    ) -> Iterator[SentRequest[m.StatusNotificationRequest]]:
        """The statuses of the connector between the start of the transaction and this status."""
        for sent in self._evidence.sent(m.StatusNotificationRequest):
            is_here = sent.message.connector_id == transaction.connector_id
            if is_here and transaction.start.frame < sent.frame < period.frame:
                yield sent

    def used_since_plug_in(self, connector_id: int, period: StatusPeriod) -> bool:
        """Whether a transaction has begun with the cable that is plugged in, and no further one may begin.

        After a boot or a new authorization the driver may let ConnectionTimeOut expire (4.9, B1).
        """
        plug_ins = self._actions_at((connector_id, ONLY_CONNECTOR), ActionKind.PLUG_IN)
        plugged_in = max((action.frame for action in plug_ins if action.frame <= period.frame), default=None)
        starts = [each.start.frame for each in self._at(connector_id) if each.start.frame < period.frame]
        if plugged_in is None or not starts or starts[-1] < plugged_in:
            return False
        boots = self._evidence.sent(m.BootNotificationRequest)
        booted = any(starts[-1] < boot.frame < period.frame for boot in boots)
        return not booted and not self._authorizations.unused(period.frame, connector_id)

    def _at(self, connector_id: int) -> list[Transaction]:
        return [each for each in self._authorizations.transactions if each.connector_id == connector_id]

    def _targets(self, connector: ConnectorAddress) -> Iterable[AvailabilityTarget]:
        return (None, None), (connector[0], None)

    def _availability_change(self, request: Request[Any]) -> tuple[AvailabilityTarget, bool] | None:
        if not isinstance(request, m.ChangeAvailabilityRequest):
            return None
        return (request.connector_id or None, None), request.type == "Inoperative"

    def _may_start(self, request: Request[Any], evse_id: int) -> bool:
        if not isinstance(request, m.RemoteStartTransactionRequest):
            return False
        return given(request.connector_id) in (None, STATION, evse_id)

    def _reservation(self, request: Request[Any]) -> Reservation | None:
        """connectorId 0 reserves any connector (5.13)."""
        if not isinstance(request, m.ReserveNowRequest):
            return None
        return Reservation(request.reservation_id, request.expiry_date, request.connector_id or None)

    def _resets(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest)

    def _updates(self, request: Request[Any]) -> bool:
        return isinstance(request, m.UpdateFirmwareRequest | m.SignedUpdateFirmwareRequest)

    def _is_over(self, evse_id: int, attempt: StartAttempt, period: StatusPeriod) -> bool:
        """A transaction has stopped at the connector since, and the station had time to report it, or has."""
        return any(
            transaction.stop is not None
            and attempt.frame <= transaction.stop.frame < period.frame
            and attempt.at < transaction.stopped_at
            and (
                transaction.stopped_at + self._tolerance < period.since
                or self._available_since(attempt, transaction, period)
            )
            for transaction in self._at(evse_id)
        )

    def _available_since(self, attempt: StartAttempt, transaction: Transaction, period: StatusPeriod) -> bool:
        return any(
            sent.message.status == "Available"
            and attempt.frame <= sent.frame
            and attempt.at < _status_time(sent.exchange, sent.message)
            for sent in self._statuses_after(transaction, period)
        )


def _status_time(exchange: Exchange, request: m.StatusNotificationRequest) -> float:
    """The loop time of a status, according to the station."""
    return exchange.loop_time(given(request.timestamp) or exchange.time)


def _minimum_duration(evidence: Evidence) -> float:
    """For how many seconds a station may delay a status (9.1.20), if the lab has set it in the case."""
    values = [
        exchange.request.value
        for exchange in evidence.lab_requests
        if isinstance(exchange.request, m.ChangeConfigurationRequest)
        and exchange.request.key.lower() == MINIMUM_DURATION.lower()
    ]
    return max((float(value) for value in values if value.isdecimal()), default=0.0)


def _continued_transactions(ledger: Ledger, evidence: Evidence) -> set[int]:
    """The connectors with a transaction that an earlier case has left, and that had not stopped before this one."""
    first = min((exchange.frame for exchange in evidence.exchanges), default=0)
    transactions = (ledger.transactions.get(id) for id in evidence.known_transactions if isinstance(id, int))
    return {
        transaction.start.connector_id
        for transaction in transactions
        if transaction is not None and transaction.start and all(stop.frame >= first for stop in transaction.stops)
    }


def _available(history: V16ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    """With a cable, too: the driver may have let ConnectionTimeOut expire (4.9, B1)."""
    if history.cable(connector, period) == {BOTH_ENDS} and history.used_since_plug_in(connector[0], period):
        return "after the cable of the transaction was unplugged"
    if history.inoperative(connector, period) == {True}:
        return "while it is operative"
    return "while it has no fault" if history.faulted(connector, period) == {True} else None


def _charging(history: V16ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    if BOTH_ENDS not in history.cable(connector, period) and connector[0] not in history.continued:
        return "while a cable is plugged in"
    return _authorized(history, connector, period)


def _suspended(history: V16ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    """With the EV disconnected, too, if the transaction continues (4.9)."""
    with_cable = history.cable(connector, period) != {NO_CABLE} or history.in_transaction(connector[0], period)
    if not with_cable and connector[0] not in history.continued:
        return "while a cable is plugged in"
    return _authorized(history, connector, period)


def _authorized(history: V16ConnectorHistory, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    return None if history.authorized(connector[0], period) else "after an authorization, until the transaction stops"


CONDITIONS: dict[str, Condition[V16ConnectorHistory]] = {
    "Available": _available,
    "Preparing": in_use,
    "Charging": _charging,
    "SuspendedEV": _suspended,
    "SuspendedEVSE": _suspended,
    "Finishing": in_use,
    "Reserved": reserved,
    "Unavailable": unavailable,
    "Faulted": faulted,
}


def _reported_statuses(exchange: Exchange) -> Iterator[ReportedStatus]:
    request = exchange.request
    if isinstance(request, m.StatusNotificationRequest) and request.connector_id != STATION:
        since = _status_time(exchange, request)
        address = request.connector_id, ONLY_CONNECTOR
        yield ReportedStatus(address, request.status, since, f"connector {request.connector_id}")


def _judge_station_status(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.StatusNotificationRequest):
        if sent.message.connector_id == STATION and sent.message.status not in STATION_STATUSES:
            yield Violation(f"connector 0 {', '.join(STATION_STATUSES)}", sent.message.status, sent.frame)


WITH_COMMUNICATION_ERROR = ("Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing")
"""The statuses that may have errorCode EVCommunicationError, which is a warning (4.9)."""


def _judge_communication_error(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.StatusNotificationRequest):
        status = sent.message.status
        if sent.message.error_code == "EVCommunicationError" and status not in WITH_COMMUNICATION_ERROR:
            yield Violation(
                f"errorCode EVCommunicationError with status {', '.join(WITH_COMMUNICATION_ERROR)}", status, sent.frame
            )


def _judge_list_conflict(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.StatusNotificationRequest):
        if sent.message.error_code == "LocalListConflict" and sent.message.connector_id != STATION:
            yield Violation(
                f"errorCode LocalListConflict with connectorId {STATION}", str(sent.message.connector_id), sent.frame
            )


def _judge_faulted_with_error(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.StatusNotificationRequest):
        if sent.message.status == "Faulted" and sent.message.error_code == "NoError":
            yield Violation("status Faulted with the errorCode of the fault", "NoError", sent.frame)


def _judge_order(evidence: Evidence) -> Iterator[Violation]:
    """The answers to BootNotification and Heartbeat may have set the clock of the station (4.2, 4.6)."""
    newest: dict[int, datetime] = {}
    tolerance = timedelta(seconds=evidence.settings.time_tolerance)
    for exchange in evidence.station_requests:
        request = exchange.request
        if isinstance(request, m.BootNotificationRequest | m.HeartbeatRequest):
            newest.clear()
        timestamp = given(request.timestamp) if isinstance(request, m.StatusNotificationRequest) else None
        if timestamp is None or not isinstance(request, m.StatusNotificationRequest):
            continue
        previous = newest.get(request.connector_id, timestamp)
        if previous - timestamp > tolerance:
            yield Violation(
                f"StatusNotificationRequest.timestamp of connector {request.connector_id} not before"
                f" {previous.isoformat()}, that of its previous status",
                timestamp.isoformat(),
                exchange.frame,
            )
        newest[request.connector_id] = max(timestamp, previous)


def status_time() -> Rule:
    """The rule for one campaign: the times of statuses go forward, whenever the station has set its clock."""
    newest: dict[int, float] = {}

    def judge(evidence: Evidence) -> Iterator[Violation]:
        in_order = {violation.frame for violation in _judge_order(evidence)}
        tolerance = evidence.settings.time_tolerance
        for sent in evidence.sent(m.StatusNotificationRequest):
            since, connector_id = _status_time(sent.exchange, sent.message), sent.message.connector_id
            previous = newest.get(connector_id, min(since, sent.at))
            if since < previous - tolerance and sent.frame not in in_order:
                yield Violation(
                    f"StatusNotificationRequest.timestamp of connector {connector_id} not before that of its previous"
                    " status",
                    f"{sent.message.timestamp}, {previous - since:.0f} s before",
                    sent.frame,
                )
            newest[connector_id] = max(min(since, sent.at), previous)

    # The station should take its time from the Central System (4.2, 4.6); its clock may have been wrong before.
    return Rule("times of statuses", "section 6.47", judge, Level.SHOULD)


ORDER = Rule("statuses in the order of their timestamps", "section 4.9", _judge_order)
COMMUNICATION_ERROR = Rule("status with EVCommunicationError", "section 4.9", _judge_communication_error)
LIST_CONFLICT = Rule("status with LocalListConflict", "section 3.5.2", _judge_list_conflict)
# 7.7 implies that the error was reported; no section requires its code.
FAULTED_WITH_ERROR = Rule("errorCode of a fault", "section 7.7", _judge_faulted_with_error, Level.SHOULD)
STATION_STATUS = Rule("status of the charge point (connector 0)", "section 7.7", _judge_station_status)


def connector_status_rule(ledger: Ledger) -> Rule:
    """The status of each connector."""
    return connector_status("section 4.9", partial(V16ConnectorHistory, ledger), CONDITIONS, _reported_statuses)


KNOWN_CONNECTORS = known_connectors("section 4.9", _reported_statuses)
