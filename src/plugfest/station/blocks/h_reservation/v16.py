"""ReserveNow and CancelReservation of OCPP 1.6 (5.1, 5.13)."""

from functools import partial

from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import token_of
from plugfest.station.blocks.h_reservation import reserving
from plugfest.station.context import Context
from plugfest.station.model.reservations import Reservation


def register(context: Context) -> None:
    context.handlers.add(m.ReserveNowRequest, partial(_reserve, context))
    context.handlers.add(m.CancelReservationRequest, partial(_cancel, context))


def _reserve(context: Context, request: m.ReserveNowRequest) -> m.ReserveNowResponse:
    reservation = Reservation(
        id=request.reservation_id,
        token=token_of(request.id_tag),
        group=given(request.parent_id_tag) or None,
        evse_id=request.connector_id or None,
        expires_at=request.expiry_date,
    )
    decision = reserving.reserve(context, reservation, connector_types=False)
    return m.ReserveNowResponse(status=t.ReserveNowResponseStatus(decision.status.value))


def _cancel(context: Context, request: m.CancelReservationRequest) -> m.CancelReservationResponse:
    status = t.CancelReservationResponseStatus
    cancelled = reserving.cancel(context, request.reservation_id)
    return m.CancelReservationResponse(status=status.Accepted if cancelled else status.Rejected)
