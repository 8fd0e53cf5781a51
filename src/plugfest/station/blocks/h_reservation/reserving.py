"""Answers reservation requests, the same in every OCPP version. The answer is sent after the change is stored."""

from plugfest.station.blocks.h_reservation.rules import (
    Decision,
    ReserveNowStatus,
    Support,
    Target,
    decide,
    decide_by_status,
)
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservation, Reservations


def reserve(context: Context, reservation: Reservation, *, connector_types: bool) -> Decision:
    """Make a reservation if it is possible. `connector_types`: whether types of connectors can be reserved."""
    decision = decision_for(context, reservation, connector_types=connector_types)
    if decision.status is ReserveNowStatus.ACCEPTED:
        store(context, reservation)
    return decision


def decision_for(context: Context, reservation: Reservation, *, connector_types: bool) -> Decision:
    model = context.device_model
    support = Support(
        enabled=model.boolean("ReservationCtrlr", "Enabled", default=False),
        any_evse=model.boolean("ReservationCtrlr", "NonEvseSpecific", default=False),  # H01.FR.18
        connector_type=connector_types,
    )
    target = Target(reservation.evse_id, reservation.connector_type, reservation.expires_at)
    types = {evse.id: frozenset(each.type for each in evse.connectors) for evse in context.product.evses}
    targeted = decide(target, support, context.now(), types)
    if isinstance(targeted, Decision):
        return targeted
    replaced = context.shared.get(Reservations).get(reservation.id)
    if replaced is not None and (replaced.evse_id, replaced.connector_type) == target[:2]:
        return Decision(ReserveNowStatus.ACCEPTED)  # H01.FR.02
    return decide_by_status({evse_id: _status(context, evse_id, reservation) for evse_id in targeted})


def _status(context: Context, evse_id: int, reservation: Reservation) -> ConnectorStatus:
    """The status as it matters for a reservation: an expected driver occupies it, a replaced reservation does not."""
    connectors, reservations = context.shared.get(Connectors), context.shared.get(Reservations)
    if connectors.closed(evse_id):
        return ConnectorStatus.UNAVAILABLE
    status = connectors.unreserved_status(evse_id, reservation.connector_type)
    if status is not ConnectorStatus.AVAILABLE:
        return status
    if reservations.is_reserved(evse_id, without=reservation.id):
        return ConnectorStatus.RESERVED
    return status if context.shared.get(ChargingSessions).at(evse_id).unused else ConnectorStatus.OCCUPIED


def store(context: Context, reservation: Reservation) -> None:
    """The status of the connectors follows the answer."""
    reservations = context.shared.get(Reservations)
    reservations.put(reservation)
    context.handlers.after_response(reservations.publish)


def cancel(context: Context, id: int) -> bool:
    """Whether there was such a reservation. H02.FR.01, H02.FR.02"""
    reservations = context.shared.get(Reservations)
    context.handlers.after_response(reservations.publish)  # H02.FR.03 to FR.06
    return reservations.cancel(id)
