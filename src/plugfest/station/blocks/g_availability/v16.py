"""StatusNotification and ChangeAvailability of OCPP 1.6 (4.9, 5.2)."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from plugfest.ocpp.message import UNSET, Response
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import STATION_CONNECTOR, connector_place
from plugfest.station.blocks.g_availability.connector_status_v16 import (
    ChargePointStatus,
    ConnectorConditions,
    ReportedStatus,
    connector_status,
    station_status,
)
from plugfest.station.blocks.g_availability.rules import ChangeAvailabilityStatus, decide_change
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
"""Connector 0. Its availability is independent of the other connectors (4.9), so it has a place of its own."""


def register(context: Context) -> None:
    statuses = ConnectorStatuses(context)
    context.shared.get(Connectors).on_update_complete(statuses.update)
    context.shared.get(Connectors).status_text = statuses.text
    context.shared.get(Transactions).on_end(statuses.transaction_ended)
    context.shared.get(Charging).on_lock_failure.append(statuses.lock_failed)
    context.lifecycle.boot_accepted.add(statuses.report_all)
    context.lifecycle.reconnected.add(lambda _: statuses.report_changed())
    context.shared.get(TriggerableMessages).add("StatusNotification", statuses.triggered)
    context.handlers.add(m.ChangeAvailabilityRequest, partial(_change, context))


class ConnectorStatuses:
    """The status of each connector, and its reports."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._connectors = context.shared.get(Connectors)
        self._sessions = context.shared.get(ChargingSessions)
        self._reporter = StatusReporter(context, lambda place: self._statuses[place], self._send)
        self._finished: dict[Place, bool] = {}
        self._lock_failed: set[Place] = set()
        self._statuses = dict.fromkeys(
            (_STATION, *self._connectors.statuses), ReportedStatus(ChargePointStatus.AVAILABLE)
        )
        self._statuses.update(self._current())
        context.outbox.on_answer(m.StatusNotificationRequest, self._answered)

    def update(self) -> None:
        """Determine the statuses anew, and report changes."""
        now = self._current()
        changed = [place for place, status in now.items() if status != self._statuses[place]]
        self._statuses.update(now)
        for place in changed:
            self._reporter.changed(place)

    def text(self, place: Place) -> str | None:
        """The status of a connector as it is sent; None if there is no such connector."""
        reported = self._statuses.get(place)
        return None if reported is None else reported.status.value

    def transaction_ended(self, session: ChargingSession, transaction: Transaction) -> None:
        """A transaction has ended. Its cable may still be plugged in."""
        if session.evse_id is not None:
            self._finished[connector_place(session.evse_id)] = not session.state.connected

    def lock_failed(self, place: Place) -> None:
        self._lock_failed.add(place)
        self.update()

    def report_all(self) -> None:
        """Erratum 3.22: connector 0 and all others."""
        for place in self._statuses:
            self._reporter.report(place)

    def report_changed(self) -> None:
        """4.9: after being offline, report the current statuses that differ from the reported ones."""
        for place in self._statuses:
            if not self._reporter.is_reported(place):
                self._reporter.report(place)

    def triggered(self, place: Place) -> bool:
        """5.17: without a connector, report all."""
        places = list(self._statuses) if place == Place() else [_place(place)]
        if not all(each in self._statuses for each in places):
            return False
        for each in places:
            self._context.handlers.after_response(partial(self._reporter.report, each))
        return True

    def _current(self) -> Mapping[Place, ReportedStatus]:
        statuses = self._connectors.statuses
        for place, status in statuses.items():
            self._clear_finished(place, status)
        operative = self._context.shared.get(Availability).operative(_STATION)
        station = station_status(operative=operative, statuses=statuses.values())
        return {_STATION: station} | {
            place: connector_status(self._conditions(place, status), self._statuses[place])
            for place, status in statuses.items()
        }

    def _clear_finished(self, place: Place, status: ConnectorStatus) -> None:
        """Finishing and a lock failure end when the cable is unplugged or the next transaction begins."""
        evse_id, connector_id = place.evse_id, place.connector_id
        assert evse_id is not None
        assert connector_id is not None
        if not self._context.hardware.evses[evse_id].connectors[connector_id].occupied:
            self._finished.pop(place, None)
            self._lock_failed.discard(place)
        if self._sessions.at(evse_id).transaction is not None:
            self._finished.pop(place, None)
            self._lock_failed.discard(place)

    def _conditions(self, place: Place, status: ConnectorStatus) -> ConnectorConditions:
        assert place.evse_id is not None
        session = self._sessions.at(place.evse_id)
        return ConnectorConditions(
            base=status,
            fault=self._connectors.fault(place),
            lock_failed=place in self._lock_failed,
            charging=self._context.shared.get(Charging).charging_state(place.evse_id),
            driver_expected=session.authorization is not None or self._may_be_chosen(session, status),
            finished=place in self._finished,
            disconnected=self._finished.get(place, False),
        )

    def _may_be_chosen(self, session: ChargingSession, status: ConnectorStatus) -> bool:
        """Whether an authorized driver without an EVSE may plug in here."""
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
            vendor_id=status.vendor_id or UNSET,
            vendor_error_code=status.vendor_error or UNSET,
            timestamp=self._context.now(),
        )
        self._context.send_solicited(request)

    def _answered(self, request: m.StatusNotificationRequest, response: Response | None) -> None:
        if response is None:
            self._reporter.not_delivered(_place(Place(request.connector_id)))


def _place(place: Place) -> Place:
    """The place of a connector by its number in OCPP 1.6."""
    return _STATION if not place.evse_id else connector_place(place.evse_id)


def _change(context: Context, request: m.ChangeAvailabilityRequest) -> m.ChangeAvailabilityResponse:
    shared = context.shared
    evse_id = request.connector_id or None
    operative = request.type is t.ChangeAvailabilityType.Operative
    in_transaction = any(shared.get(Transactions).ongoing(evse_id))
    connectors = shared.get(Connectors).statuses
    status = decide_change(connectors, Place(evse_id), operative=operative, in_transaction=in_transaction)
    if status is not ChangeAvailabilityStatus.REJECTED:
        affected = (0, *context.hardware.evses) if evse_id is None else (evse_id,)  # 5.2: connector 0 stands for all
        for each in affected:
            shared.get(Availability).set_operative(Place(each), operative=operative)
        context.handlers.after_response(shared.get(Charging).update)
    return m.ChangeAvailabilityResponse(status=t.ChangeAvailabilityResponseStatus(status.value))
