"""StatusNotificationRequest and ChangeAvailabilityRequest of OCPP 2.0.1 (G01, G03, G04, and B04)."""

from functools import partial

from plugfest.ocpp.message import UNSET, Response, UnsetType
from plugfest.ocpp.v201.messages import (
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    StatusNotificationRequest,
)
from plugfest.ocpp.v201.types import (
    ChangeAvailabilityStatusEnumType,
    ConnectorStatusEnumType,
    OperationalStatusEnumType,
    StatusInfoType,
)
from plugfest.station.blocks.conversion.v201 import place_of, status_info
from plugfest.station.blocks.g_availability import faults_v201, lock_v201
from plugfest.station.blocks.g_availability.rules import ChangeAvailabilityStatus, decide_change
from plugfest.station.blocks.g_availability.status_reporter import StatusReporter
from plugfest.station.context import Context
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.connectors.availability import Availability, Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.model.triggerable_messages import TriggerableMessages


def register(context: Context) -> None:
    statuses = _ConnectorStatuses(context)
    context.shared.get(Connectors).on_change(statuses.changed)
    context.lifecycle.boot_accepted.add(statuses.report_all)
    context.lifecycle.reconnected.add(statuses.reconnected)
    context.shared.get(TriggerableMessages).add("StatusNotification", statuses.triggered, claim="C-29.5")
    context.handlers.add(ChangeAvailabilityRequest, partial(_change, context))
    lock_v201.register(context)
    faults_v201.register(context)


class _ConnectorStatuses:
    """Reports the status of each connector to the CSMS and the device model."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._connectors = context.shared.get(Connectors)
        self._reporter = StatusReporter(context, lambda place: self._connectors.statuses[place], self._send)
        context.outbox.on_answer(StatusNotificationRequest, self._answered)
        for place, status in self._connectors.statuses.items():
            self._update_device_model(place, status)

    def changed(self, place: Place, status: ConnectorStatus) -> None:
        self._update_device_model(place, status)
        self._reporter.changed(place)

    def report_all(self) -> None:
        """B01.FR.05"""
        for place in self._connectors.statuses:
            self._reporter.report(place)

    def reconnected(self, offline_seconds: float) -> None:
        """Report all after a long offline period (B04.FR.01), only changes after a short one (B04.FR.02)."""
        long = offline_seconds > self._context.device_model.integer("OCPPCommCtrlr", "OfflineThreshold")
        for place in self._connectors.statuses:
            if long or not self._reporter.is_reported(place):
                self._reporter.report(place)

    def triggered(self, place: Place) -> bool:
        """F06.FR.12: only for a connector."""
        if place not in self._connectors.statuses:
            return False
        self._context.handlers.after_response(partial(self._reporter.report, place))
        return True

    def _send(self, place: Place, status: ConnectorStatus) -> None:
        assert place.evse_id is not None
        assert place.connector_id is not None
        request = StatusNotificationRequest(
            timestamp=self._context.now(),
            connector_status=ConnectorStatusEnumType(status.value),
            evse_id=place.evse_id,
            connector_id=place.connector_id,
        )
        self._context.send_solicited(request)

    def _answered(self, request: StatusNotificationRequest, response: Response | None) -> None:
        if response is None:
            self._reporter.not_delivered(Place(request.evse_id, request.connector_id))

    def _update_device_model(self, place: Place, status: ConnectorStatus) -> None:
        """Set AvailabilityState and Problem of the connector, its EVSE and the station."""
        assert place.evse_id is not None
        self._put("Connector", place, status)
        self._put("EVSE", Place(place.evse_id), self._connectors.evse_status(place.evse_id))
        self._put("ChargingStation", Place(), self._connectors.station_status())

    def _put(self, component: str, place: Place, status: ConnectorStatus) -> None:
        problem = status is ConnectorStatus.FAULTED
        for variable, value in (("AvailabilityState", status.value), ("Problem", problem)):
            self._context.device_model.put(
                component, variable, value, evse_id=place.evse_id, connector_id=place.connector_id
            )


def _change(context: Context, request: ChangeAvailabilityRequest) -> ChangeAvailabilityResponse:
    shared = context.shared
    connectors, availability = shared.get(Connectors), shared.get(Availability)
    place = place_of(request.evse)
    operative = request.operational_status is OperationalStatusEnumType.Operative
    in_transaction = any(shared.get(Transactions).ongoing(place.evse_id))
    status = decide_change(connectors.statuses, place, operative=operative, in_transaction=in_transaction)
    if status is not ChangeAvailabilityStatus.REJECTED:
        availability.set_operative(place, operative=operative)  # G03.FR.08, G04.FR.09
        context.handlers.after_response(partial(shared.get(Charging).update, place.evse_id))  # G03.FR.04, G04.FR.05
    return ChangeAvailabilityResponse(
        status=ChangeAvailabilityStatusEnumType(status.value), status_info=_reason(context, place, status)
    )


def _reason(context: Context, place: Place, status: ChangeAvailabilityStatus) -> StatusInfoType | UnsetType:
    if status is ChangeAvailabilityStatus.SCHEDULED:
        return status_info("TxInProgress")
    if status is ChangeAvailabilityStatus.REJECTED:
        return status_info("UnknownConnectorId" if place.evse_id in context.hardware.evses else "UnknownEvse")
    return UNSET
