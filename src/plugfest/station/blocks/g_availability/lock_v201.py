"""NotifyEvent of OCPP 2.0.1 for a connector lock failure (G05)."""

from functools import partial

from plugfest.ocpp.v201.messages import NotifyEventRequest
from plugfest.ocpp.v201.types import EventDataType, EventNotificationEnumType, EventTriggerEnumType
from plugfest.station.blocks.conversion.v201 import component_type, variable_type
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Address, Component
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.monitoring.event_ids import EventIds

_LOCK, _PROBLEM = "ConnectorPlugRetentionLock", "Problem"


def register(context: Context) -> None:
    context.shared.get(Charging).on_lock_failure.append(partial(_report_failure, context))
    context.shared.get(Connectors).on_change(partial(_clear_problem, context))


def _report_failure(context: Context, place: Place) -> None:
    """G05.FR.02. Locking is retried; only the first failure is reported."""
    if _set_problem(context, place, problem=True):
        event_id = context.shared.get(EventIds).next()
        context.outbox.send(
            NotifyEventRequest(generated_at=context.now(), seq_no=0, event_data=[_event(context, place, event_id)])
        )


def _event(context: Context, place: Place, event_id: int) -> EventDataType:
    address = Address(Component(_LOCK, None, place.evse_id, place.connector_id), _PROBLEM)
    return EventDataType(
        event_id=event_id,
        timestamp=context.now(),
        trigger=EventTriggerEnumType.Delta,
        actual_value="true",
        event_notification_type=EventNotificationEnumType.HardWiredNotification,
        component=component_type(address.component),
        variable=variable_type(address),
    )


def _clear_problem(context: Context, place: Place, status: ConnectorStatus) -> None:
    """Without a plug there is no lock failure."""
    if status is ConnectorStatus.AVAILABLE:
        _set_problem(context, place, problem=False)


def _set_problem(context: Context, place: Place, *, problem: bool) -> bool:
    """Set the variable Problem of the lock. Returns whether it changed."""
    model = context.device_model
    evse_id, connector_id = place.evse_id, place.connector_id
    if not model.has(_LOCK, _PROBLEM, evse_id=evse_id, connector_id=connector_id):
        return False
    before = model.text(_LOCK, _PROBLEM, evse_id=evse_id, connector_id=connector_id)
    model.put(_LOCK, _PROBLEM, problem, evse_id=evse_id, connector_id=connector_id)
    return before != model.text(_LOCK, _PROBLEM, evse_id=evse_id, connector_id=connector_id)
