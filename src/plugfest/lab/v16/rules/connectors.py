"""Connector status in OCPP 1.6. Connector n is the only connector of EVSE n of the product."""

from collections.abc import Iterable, Iterator
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_facts import (
    NO_CABLE,
    AvailabilityTarget,
    ConnectorAddress,
    ConnectorFacts,
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
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

STATION = 0
"""The connectorId of the charge point itself."""

ONLY_CONNECTOR = 1
"""The connector_id of the only connector of an EVSE of the product."""

STATION_STATUSES = ("Available", "Unavailable", "Faulted")
"""The statuses that the charge point itself can have."""


class V16Facts(ConnectorFacts):
    """The charge point and each connector have an availability of their own (5.2)."""

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

    def _may_reserve(self, request: Request[Any], evse_id: int) -> bool:
        """connectorId 0 reserves any connector (5.13)."""
        return isinstance(request, m.ReserveNowRequest) and request.connector_id in (STATION, evse_id)

    def _resets_or_updates(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest | m.UpdateFirmwareRequest | m.SignedUpdateFirmwareRequest)


def _available(facts: ConnectorFacts, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    """With a cable, too: the driver may have let ConnectionTimeOut expire (4.9, B1)."""
    if facts.inoperative(connector, period) == {True}:
        return "while it is operative"
    return "while it has no fault" if facts.faulted(connector, period) == {True} else None


def _with_cable(facts: ConnectorFacts, connector: ConnectorAddress, period: StatusPeriod) -> str | None:
    return "while a cable is plugged in" if facts.cable(connector, period) == {NO_CABLE} else None


CONDITIONS: dict[str, Condition] = {
    "Available": _available,
    "Preparing": in_use,
    "Charging": _with_cable,
    "SuspendedEV": _with_cable,
    "SuspendedEVSE": _with_cable,
    "Finishing": in_use,
    "Reserved": reserved,
    "Unavailable": unavailable,
    "Faulted": faulted,
}


def _reported_statuses(exchange: Exchange) -> Iterator[ReportedStatus]:
    request = exchange.request
    if isinstance(request, m.StatusNotificationRequest) and request.connector_id != STATION:
        since = exchange.loop_time(given(request.timestamp) or exchange.time)
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


def _judge_faulted_with_error(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.StatusNotificationRequest):
        if sent.message.status == "Faulted" and sent.message.error_code == "NoError":
            yield Violation("status Faulted with the errorCode of the fault", "NoError", sent.frame)


COMMUNICATION_ERROR = Rule("status with EVCommunicationError", "section 4.9", _judge_communication_error)
# 7.7 implies that the error was reported; no section requires its code.
FAULTED_WITH_ERROR = Rule("errorCode of a fault", "section 7.7", _judge_faulted_with_error, Level.SHOULD)
STATION_STATUS = Rule("status of the charge point (connector 0)", "section 7.7", _judge_station_status)
CONNECTOR_STATUS = connector_status("section 4.9", V16Facts, CONDITIONS, _reported_statuses)
KNOWN_CONNECTORS = known_connectors("section 4.9", _reported_statuses)
