"""StatusNotification and ChangeAvailability of OCPP 1.6 (4.9, 5.2)."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from plugfest.ocpp.message import UNSET, Response
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import STATION_CONNECTOR, connector_place
from plugfest.station.blocks.g_availability.connector_status_v16 import (
    Facts,
    ReportedStatus,
    Status,
    shown,
    station_shown,
)
from plugfest.station.blocks.g_availability.rules import Change, decide_change
from plugfest.station.blocks.g_availability.status_reporter import StatusReporter
from plugfest.station.context import Context
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.connectors.availability import Availability, Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.model.triggerable_messages import TriggerableMessages

_STATION: Final = Place(STATION_CONNECTOR)
"""Connector 0. Its availability is not that of the others (4.9), so it has a place of its own."""


def register(context: Context) -> None:
    statuses = ConnectorStatuses(context)
    context.shared.get(Connectors).on_update_complete(statuses.look)
    context.shared.get(Transactions).on_end(statuses.ended)
    context.shared.get(Charging).on_lock_failure.append(statuses.lock_failed)
    context.lifecycle.boot_accepted.add(statuses.report_all)
    context.lifecycle.reconnected.add(lambda _: statuses.report_new())
    context.shared.get(TriggerableMessages).add("StatusNotification", statuses.triggered)
    context.handlers.add(m.ChangeAvailabilityRequest, partial(_change, context))


class ConnectorStatuses:
    """What every connector is in, and the telling of it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._connectors = context.shared.get(Connectors)
        self._sessions = context.shared.get(ChargingSessions)
        self._reporter = StatusReporter(context, lambda place: self._shown[place], self._send)
        self._finished: dict[Place, bool] = {}
        self._lock_failed: set[Place] = set()
        self._shown = dict.fromkeys((_STATION, *self._connectors.statuses), ReportedStatus(Status.AVAILABLE))
        self._shown.update(self._look())
        context.outbox.on_answer(m.StatusNotificationRequest, self._answered)

    def look(self) -> None:
        """Something may have changed."""
        now = self._look()
        changed = [place for place, status in now.items() if status != self._shown[place]]
        self._shown.update(now)
        for place in changed:
            self._reporter.changed(place)

    def ended(self, session: ChargingSession, transaction: Transaction) -> None:
        """A transaction is over; its driver may not be gone yet."""
        if session.evse_id is not None:
            self._finished[connector_place(session.evse_id)] = not session.state.connected

    def lock_failed(self, place: Place) -> None:
        self._lock_failed.add(place)
        self.look()

    def report_all(self) -> None:
        """Erratum 3.22: connector 0 and all the others."""
        for place in self._shown:
            self._reporter.tell(place)

    def report_new(self) -> None:
        """4.9: after a silence the CSMS hears what is, and not what was."""
        for place in self._shown:
            if not self._reporter.is_reported(place):
                self._reporter.tell(place)

    def triggered(self, place: Place) -> bool:
        """5.17: of connector 0 if that is asked for, without any of all."""
        places = list(self._shown) if place == Place() else [_place(place)]
        if not all(each in self._shown for each in places):
            return False
        for each in places:
            self._context.handlers.after_response(partial(self._reporter.tell, each))
        return True

    def _look(self) -> Mapping[Place, ReportedStatus]:
        statuses = self._connectors.statuses
        for place, status in statuses.items():
            self._forget(place, status)
        operative = self._context.shared.get(Availability).operative(_STATION)
        station = station_shown(operative=operative, statuses=statuses.values())
        return {_STATION: station} | {
            place: shown(self._facts(place, status), self._shown[place]) for place, status in statuses.items()
        }

    def _forget(self, place: Place, status: ConnectorStatus) -> None:
        """A cable that is gone takes with it what was wrong with it, and the end of its transaction."""
        evse_id, connector_id = place.evse_id, place.connector_id
        assert evse_id is not None
        assert connector_id is not None
        if not self._context.hardware.evses[evse_id].connectors[connector_id].occupied:
            self._finished.pop(place, None)
            self._lock_failed.discard(place)
        if self._sessions.at(evse_id).transaction is not None:
            self._finished.pop(place, None)
            self._lock_failed.discard(place)

    def _facts(self, place: Place, status: ConnectorStatus) -> Facts:
        assert place.evse_id is not None
        session = self._sessions.at(place.evse_id)
        return Facts(
            base=status,
            lock_failed=place in self._lock_failed,
            charging=self._context.shared.get(Charging).charging_state(place.evse_id),
            expects_driver=session.authorization is not None or self._may_be_chosen(session, status),
            finished=place in self._finished,
            disconnected=self._finished.get(place, False),
        )

    def _may_be_chosen(self, session: ChargingSession, status: ConnectorStatus) -> bool:
        """Whether somebody who has identified himself is about to plug in here or elsewhere."""
        assert session.evse_id is not None
        waiting = (each.authorization for each in self._sessions.waiting)
        free = status is ConnectorStatus.AVAILABLE and session.unused
        return free and any(each is not None and each.allows(session.evse_id) for each in waiting)

    def _send(self, place: Place, status: ReportedStatus) -> None:
        assert place.evse_id is not None
        request = m.StatusNotificationRequest(
            connector_id=place.evse_id,
            error_code=t.StatusNotificationErrorCode(status.error),
            status=t.StatusNotificationStatus(status.status.value),
            info=status.info or UNSET,
            timestamp=self._context.now(),
        )
        self._context.send_solicited(request)

    def _answered(self, request: m.StatusNotificationRequest, response: Response | None) -> None:
        if response is None:
            self._reporter.lost(_place(Place(request.connector_id)))


def _place(place: Place) -> Place:
    """The place of a connector by its number in OCPP 1.6."""
    return _STATION if not place.evse_id else connector_place(place.evse_id)


async def _change(context: Context, request: m.ChangeAvailabilityRequest) -> m.ChangeAvailabilityResponse:
    shared = context.shared
    evse_id = request.connector_id or None
    on = request.type is t.ChangeAvailabilityType.Operative
    in_transaction = any(shared.get(Transactions).ongoing(evse_id))
    connectors = shared.get(Connectors).statuses
    change = decide_change(connectors, Place(evse_id), on=on, in_transaction=in_transaction)
    if change is not Change.REJECTED:
        affected = (0, *context.hardware.evses) if evse_id is None else (evse_id,)  # 5.2: connector 0 is all of them
        for each in affected:
            shared.get(Availability).set_operative(Place(each), operative=on)
        context.handlers.after_response(shared.get(Charging).update)
    return m.ChangeAvailabilityResponse(status=t.ChangeAvailabilityResponseStatus(change.value))
