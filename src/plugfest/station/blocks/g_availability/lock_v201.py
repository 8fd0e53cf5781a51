"""NotifyEvent of OCPP 2.0.1 for a connector lock failure (G05)."""

from functools import partial

from plugfest.ocpp.v201.messages import NotifyEventRequest
from plugfest.ocpp.v201.types import EventTriggerEnumType
from plugfest.station.blocks.g_availability.problem_events import PROBLEM, problem_event
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Address, Component
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors

_LOCK = "ConnectorPlugRetentionLock"


def register(context: Context) -> None:
    context.shared.get(Charging).on_lock_failure.append(partial(_report_failure, context))
    context.shared.get(Connectors).on_change(partial(_clear_problem, context))


def _report_failure(context: Context, place: Place) -> None:
    """G05.FR.02. Locking is retried; only the first failure is reported."""
    if _set_problem(context, place, problem=True):
        address = Address(Component(_LOCK, None, place.evse_id, place.connector_id), PROBLEM)
        event = problem_event(context, address, EventTriggerEnumType.Delta)
        context.outbox.send(NotifyEventRequest(generated_at=context.now(), seq_no=0, event_data=[event]))


def _clear_problem(context: Context, place: Place, status: ConnectorStatus) -> None:
    """Without a plug there is no lock failure."""
    if status is ConnectorStatus.AVAILABLE:
        _set_problem(context, place, problem=False)


def _set_problem(context: Context, place: Place, *, problem: bool) -> bool:
    """Set the variable Problem of the lock. Returns whether it changed."""
    model = context.device_model
    evse_id, connector_id = place.evse_id, place.connector_id
    if not model.has(_LOCK, PROBLEM, evse_id=evse_id, connector_id=connector_id):
        return False
    before = model.text(_LOCK, PROBLEM, evse_id=evse_id, connector_id=connector_id)
    model.put(_LOCK, PROBLEM, problem, evse_id=evse_id, connector_id=connector_id)
    return before != model.text(_LOCK, PROBLEM, evse_id=evse_id, connector_id=connector_id)
