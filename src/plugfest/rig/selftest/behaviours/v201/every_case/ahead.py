"""Messages ahead of the act that causes them, and an old connector status after it."""

from typing import Any

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.station.blocks.g_availability.v201 import _ConnectorStatuses
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.transactions.events import EventType, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions


def _status_after(status: ConnectorStatus, then: ConnectorStatus) -> Patch:
    """Sends one status more after each change to a status."""
    before: dict[Any, ConnectorStatus] = {}

    def make(original: Function) -> Function:
        def send(self: Any, place: Any, reported: ConnectorStatus) -> None:
            original(self, place, reported)
            if reported is status and before.get(place, status) is not status:
                original(self, place, then)
            before[place] = reported

        return send

    return Patch(_ConnectorStatuses, "_send", make)


def _event_after(reason: TriggerReason, then: TriggerReason) -> Patch:
    """Sends one event more after each event with a trigger reason that does not end the transaction."""

    def make(original: Function) -> Function:
        def step(self: Any, session: Any, trigger: TriggerReason, **options: Any) -> Any:
            event_type = original(self, session, trigger, **options)
            if event_type in (EventType.STARTED, EventType.UPDATED) and trigger is reason:
                self._event_recorder.record(session, self._path(session), EventType.UPDATED, then)
            return event_type

        return step

    return Patch(Transactions, "step", make)


def _status_at(reason: TriggerReason, status: ConnectorStatus) -> tuple[Patch, Patch]:
    """Sends a status of the session's connector at each event with a trigger reason."""
    reporters: list[Any] = []

    def remember(original: Function) -> Function:
        def report_all(self: Any) -> None:
            reporters[:] = [self]
            original(self)

        return report_all

    def make(original: Function) -> Function:
        def step(self: Any, session: Any, trigger: TriggerReason, **options: Any) -> Any:
            event_type = original(self, session, trigger, **options)
            if trigger is reason and session.connector_id is not None:
                reporters[0]._send(Place(session.evse_id, session.connector_id), status)
            return event_type

        return step

    return Patch(_ConnectorStatuses, "report_all", remember), Patch(Transactions, "step", make)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "sends the old status again after Occupied",
        "G01",
        "TC_E_03 TC_E_09",
        _status_after(ConnectorStatus.OCCUPIED, ConnectorStatus.AVAILABLE),
    ),
    wrong_v201(
        "sends the old status again after Available",
        "G01",
        "TC_E_03 TC_E_09",
        _status_after(ConnectorStatus.AVAILABLE, ConnectorStatus.OCCUPIED),
    ),
    wrong_v201(
        "sends Unavailable after Occupied",
        "G01",
        "TC_C_13 TC_C_45",
        _status_after(ConnectorStatus.OCCUPIED, ConnectorStatus.UNAVAILABLE),
    ),
    wrong_v201(
        "sends Available when the driver stops, before the cable is unplugged",
        "G01",
        "TC_E_06 TC_E_15",
        *_status_at(TriggerReason.STOP_AUTHORIZED, ConnectorStatus.AVAILABLE),
    ),
    wrong_v201(
        "sends CablePluggedIn when the driver is authorized",
        "E02.FR.17",
        "TC_E_04 TC_E_05",
        _event_after(TriggerReason.AUTHORIZED, TriggerReason.CABLE_PLUGGED_IN),
    ),
    wrong_v201(
        "sends EVCommunicationLost when the driver stops",
        "E02.FR.17",
        "TC_E_08 TC_E_14",
        _event_after(TriggerReason.STOP_AUTHORIZED, TriggerReason.EV_COMMUNICATION_LOST),
    ),
    wrong_v201(
        "sends Authorized when the cable is plugged in",
        "E02.FR.17",
        "TC_E_09 TC_E_03",
        _event_after(TriggerReason.CABLE_PLUGGED_IN, TriggerReason.AUTHORIZED),
    ),
    wrong_v201(
        "sends StopAuthorized when energy flows",
        "E07.FR.02",
        "TC_E_09 TC_E_03",
        _event_after(TriggerReason.CHARGING_STATE_CHANGED, TriggerReason.STOP_AUTHORIZED),
    ),
)
