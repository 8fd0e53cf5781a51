"""ReserveNow and CancelReservation of OCPP 1.6 (5.1, 5.13)."""

from functools import partial

from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import token_of
from plugfest.station.blocks.h_reservation.rules import ReserveNowStatus, decide
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservation, Reservations


def register(context: Context) -> None:
    context.handlers.add(m.ReserveNowRequest, partial(_reserve, context))
    context.handlers.add(m.CancelReservationRequest, partial(_cancel, context))


async def _reserve(context: Context, request: m.ReserveNowRequest) -> m.ReserveNowResponse:
    status = _decide(context, request)
    if status is ReserveNowStatus.ACCEPTED:
        context.handlers.after_response(partial(_put, context, request))
    return m.ReserveNowResponse(status=t.ReserveNowResponseStatus(status.value))


def _decide(context: Context, request: m.ReserveNowRequest) -> ReserveNowStatus:
    if not context.device_model.boolean("ReservationCtrlr", "Enabled", default=False):
        return ReserveNowStatus.REJECTED
    anywhere = request.connector_id == 0
    if anywhere and not context.device_model.boolean("ReservationCtrlr", "NonEvseSpecific", default=False):
        return ReserveNowStatus.REJECTED  # ReserveConnectorZeroSupported
    if request.expiry_date <= context.now():
        return ReserveNowStatus.REJECTED
    candidates = context.hardware.evses if anywhere else {request.connector_id} & set(context.hardware.evses)
    return decide([_status(context, evse_id, replaces=request.reservation_id) for evse_id in candidates])


def _status(context: Context, evse_id: int, *, replaces: int) -> ConnectorStatus:
    """The status as it matters for a reservation: an expected driver occupies it, a replaced reservation does not."""
    status = context.shared.get(Connectors).evse_status(evse_id)
    replaced = context.shared.get(Reservations).get(replaces)
    if status is ConnectorStatus.RESERVED and replaced is not None and replaced.evse_id in (None, evse_id):
        return ConnectorStatus.AVAILABLE
    free = status is ConnectorStatus.AVAILABLE
    return ConnectorStatus.OCCUPIED if free and not context.shared.get(ChargingSessions).at(evse_id).unused else status


def _put(context: Context, request: m.ReserveNowRequest) -> None:
    reservation = Reservation(
        id=request.reservation_id,
        token=token_of(request.id_tag),
        group=given(request.parent_id_tag) or None,
        evse_id=request.connector_id or None,
        expires_at=request.expiry_date,
    )
    context.shared.get(Reservations).put(reservation)


async def _cancel(context: Context, request: m.CancelReservationRequest) -> m.CancelReservationResponse:
    status = t.CancelReservationResponseStatus
    reservations = context.shared.get(Reservations)
    if reservations.get(request.reservation_id) is None:
        return m.CancelReservationResponse(status=status.Rejected)
    context.handlers.after_response(partial(_end, reservations, request.reservation_id))
    return m.CancelReservationResponse(status=status.Accepted)


def _end(reservations: Reservations, id: int) -> None:
    reservations.end(id)
