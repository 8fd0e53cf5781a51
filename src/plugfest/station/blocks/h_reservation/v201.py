"""ReserveNow, CancelReservation and ReservationStatusUpdate of OCPP 2.0.1 (H01 to H04)."""

from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.v201 import status_info, token_of
from plugfest.station.blocks.h_reservation import reserving
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.device_model.standard import claims
from plugfest.station.model.reservations import Reservation, ReservationEnd, Reservations

_REPORTED_ENDS = {
    ReservationEnd.EXPIRED: t.ReservationUpdateStatusEnumType.Expired,  # H04.FR.01
    ReservationEnd.REMOVED: t.ReservationUpdateStatusEnumType.Removed,  # H01.FR.16, H01.FR.17
}
"""The ends that the CSMS does not know of already."""


def register(context: Context) -> None:
    if not claims(context.product, "R-0"):
        return
    context.handlers.add(m.ReserveNowRequest, partial(_reserve, context))
    context.handlers.add(m.CancelReservationRequest, partial(_cancel, context))
    reservations = context.shared.get(Reservations)
    reservations.on_end.append(partial(_report_end, context))
    pending = _PendingReservations(context)
    pending.update()
    reservations.on_change.append(pending.update)


def _reserve(context: Context, request: m.ReserveNowRequest) -> m.ReserveNowResponse:
    group, connector_type = given(request.group_id_token), given(request.connector_type)
    reservation = Reservation(
        id=request.id,
        token=token_of(request.id_token),
        group=None if group is None else group.id_token,
        evse_id=given(request.evse_id),
        connector_type=None if connector_type is None else connector_type.value,
        expires_at=request.expiry_date_time,
    )
    decision = reserving.reserve(context, reservation, connector_types=claims(context.product, "R-1"))
    return m.ReserveNowResponse(
        status=t.ReserveNowStatusEnumType(decision.status.value),
        status_info=UNSET if decision.reason is None else status_info(decision.reason),
    )


def _cancel(context: Context, request: m.CancelReservationRequest) -> m.CancelReservationResponse:
    status = t.CancelReservationStatusEnumType
    if reserving.cancel(context, request.reservation_id):
        return m.CancelReservationResponse(status=status.Accepted)
    return m.CancelReservationResponse(status=status.Rejected, status_info=status_info("NotFound"))


def _report_end(context: Context, reservation: Reservation, reason: ReservationEnd) -> None:
    status = _REPORTED_ENDS.get(reason)
    if status is not None:
        request = m.ReservationStatusUpdateRequest(reservation_id=reservation.id, reservation_update_status=status)
        context.outbox.send(request, Delivery.DURABLE)


class _PendingReservations:
    """A station with a pending reservation is not idle (B11, erratum 2.14): a reset OnIdle waits for its end."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reservations = context.shared.get(Reservations)
        self._pending: set[str] = set()

    def update(self) -> None:
        pending = {f"reservation {each.id}": each.evse_id for each in self._reservations}
        for name in self._pending - set(pending):
            self._context.activity.end(name)
        for name, evse_id in pending.items():
            self._context.activity.begin(name, evse_id)
        self._pending = set(pending)
