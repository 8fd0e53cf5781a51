"""What requests of OCPP 2.0.1 make of the connectors."""

from collections.abc import Iterable, Iterator
from typing import Any

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_facts import BOTH_ENDS, AvailabilityTarget, ConnectorFacts, Moment, Place
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
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m


class V201Facts(ConnectorFacts):
    """The station, an EVSE and a connector are switched each by itself (G03, G04)."""

    def _levels(self, place: Place) -> Iterable[AvailabilityTarget]:
        evse_id, connector_id = place
        return (None, None), (evse_id, None), (evse_id, connector_id)

    def _switch(self, request: Request[Any]) -> tuple[AvailabilityTarget, bool] | None:
        if not isinstance(request, m.ChangeAvailabilityRequest):
            return None
        evse = given(request.evse)
        level = (None, None) if evse is None or evse.id == 0 else (evse.id, given(evse.connector_id))
        return level, request.operational_status == "Inoperative"

    def _starts(self, request: Request[Any], evse_id: int) -> bool:
        return isinstance(request, m.RequestStartTransactionRequest) and given(request.evse_id) in (None, evse_id)

    def _reserves(self, request: Request[Any], evse_id: int) -> bool:
        return isinstance(request, m.ReserveNowRequest) and given(request.evse_id) in (None, evse_id)

    def _closes(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest | m.UpdateFirmwareRequest)  # B12, L01.FR.07


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


def _reported_statuses(one: Exchange) -> Iterator[Told]:
    """A StatusNotification, or an event of the device model (G01.FR.08), and since when it is so."""
    since = [one.time]
    if isinstance(one.request, m.StatusNotificationRequest):
        since = [one.request.timestamp]
    elif isinstance(one.request, m.NotifyEventRequest):
        since = [event.timestamp for event in one.request.event_data]
    for place, status in connector_states(one.request) if one.request is not None else ():
        yield Told(place, status, min(one.loop_time(moment) for moment in since))


CONNECTOR_STATUS = connector_status("G01", V201Facts, OBJECTIONS, _reported_statuses)
KNOWN_CONNECTORS = known_connectors("G01", _reported_statuses)


STATUSES_OF_PLUG_IN = frozenset({"Occupied", "Unavailable"})
"""What a station may think that the cable made of them."""


def _judge_other_connectors(evidence: Evidence) -> Iterator[Breach]:
    for action in evidence.done(ActionKind.PLUG_IN):
        for told in evidence.told(m.StatusNotificationRequest):
            soon = told.frame >= action.frame and told.at <= action.ended + evidence.settings.time_tolerance
            if (
                soon
                and _is_other_connector(told.message, action)
                and told.message.connector_status in STATUSES_OF_PLUG_IN
            ):
                yield Breach(
                    f"no StatusNotificationRequest of connector {told.message.connector_id} for a cable in"
                    f" connector {action.connector_id}",
                    told.message.connector_status,
                    told.frame,
                )


def _is_other_connector(message: m.StatusNotificationRequest, action: OperatorAction) -> bool:
    return message.evse_id == action.evse_id and message.connector_id != action.connector_id


OTHER_CONNECTORS = Rule(
    "silence of the other connectors of an EVSE", "G01.FR.08", _judge_other_connectors, Level.SHOULD
)
