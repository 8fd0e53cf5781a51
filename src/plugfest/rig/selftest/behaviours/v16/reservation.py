"""OCPP 1.6 reservations: who may use them, how long they last, and what is reported of them."""

from datetime import timedelta
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    MakeWrong,
    always,
    with_arguments,
    with_fields,
)
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.blocks.h_reservation import reserving
from plugfest.station.blocks.h_reservation import v16 as block
from plugfest.station.blocks.h_reservation.rules import Decision, ReserveNowStatus
from plugfest.station.model.reservations import Reservation, Reservations

CONNECTORS_ONLY, NONE = "reference-16-dc", "reference-16-plain"
"""The products that support no reservation of connector 0, and no reservations."""

_CANCEL = t.CancelReservationResponseStatus

USED = "TC_046_1 TC_046_2 TC_049 TC_053_1 TC_053_2"
"""The cases in which a reservation is used."""


def _lasts_longer(longer: timedelta) -> Patch:
    def other(reservations: Reservations, reservation: Reservation) -> tuple[Any, ...]:
        return reservations, msgspec.structs.replace(reservation, expires_at=reservation.expires_at + longer)

    return Patch(Reservations, "_start_timer", with_arguments(other))


def _cancels_all(original: Function) -> Function:
    def cancel(context: Any, request: m.CancelReservationRequest) -> Any:
        response = original(context, request)
        reservations = context.shared.get(Reservations)
        for each in reservations:
            reservations.cancel(each.id)
        return response

    return cancel


def _always_with_reservation(original: Function) -> Function:
    """Sends a reservationId in every StartTransaction."""
    return lambda event: msgspec.structs.replace(original(event), reservation_id=1)


def _only_of_connector(self: Reservations, evse_id: int, *, without: int | None = None) -> bool:
    """Ignores a reservation of connector 0."""
    return any(each.evse_id == evse_id for each in self._unused())


def _answers(status: ReserveNowStatus) -> MakeWrong:
    return always(Decision(status))


def _keeps(self: Reservations, id: int) -> bool:
    return self.get(id) is not None


def _for_token_only(self: Reservation, token: Any, group: str | None) -> bool:
    return self.token.same_as(token)


BEHAVIOURS: tuple[Behaviour, ...] = (
    # ReserveNow
    wrong_v16(
        "accepts a reservation and does not store it",
        "5.13",
        "TC_046_1 TC_046_2 TC_047 TC_049 TC_053_1 TC_053_2",
        Patch(reserving, "store", NOTHING),
    ),
    wrong_v16(
        "accepts every reservation",
        "5.13",
        "TC_048_1 TC_048_2 TC_048_3 TC_050_1 TC_050_2 TC_050_3",
        Patch(reserving, "decide_by_status", _answers(ReserveNowStatus.ACCEPTED)),
    ),
    wrong_v16(
        "rejects every reservation that is not possible",
        "7.40",
        "TC_048_1 TC_048_2 TC_048_3 TC_050_1 TC_050_2 TC_050_3",
        Patch(reserving, "decide_by_status", _answers(ReserveNowStatus.REJECTED)),
    ),
    wrong_v16(
        "answers Occupied for a faulted or unavailable connector",
        "7.40",
        "TC_048_1 TC_048_3 TC_050_1 TC_050_3",
        Patch(reserving, "decide_by_status", _answers(ReserveNowStatus.OCCUPIED)),
    ),
    wrong_v16(
        "answers Accepted to ReserveNow without support for reservations",
        "5.13",
        "TC_048_4",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.ACCEPTED)),
        product=NONE,
    ),
    wrong_v16(
        "answers Occupied to ReserveNow without support for reservations",
        "5.13",
        "TC_048_4",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.OCCUPIED)),
        product=NONE,
    ),
    wrong_v16(
        "accepts a reservation of connector 0 although it does not support that",
        "9.3.1",
        "TC_050_4",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.ACCEPTED)),
        product=CONNECTORS_ONLY,
    ),
    wrong_v16(
        "keeps no connector free for a reservation of connector 0",
        "5.13",
        "TC_049",
        Patch(Reservations, "is_reserved", lambda original: _only_of_connector),
    ),
    # Use of a reservation
    wrong_v16(
        "sends an AuthorizeRequest for every idTag at a reserved connector",
        "5.13",
        "TC_046_1",
        Patch(Reservations, "may_allow", always(True)),
    ),
    wrong_v16(
        "lets every idTag charge at a reserved connector",
        "5.13",
        "TC_046_1",
        Patch(Reservations, "may_allow", always(True)),
        Patch(Reservations, "allows", always(True)),
    ),
    wrong_v16(
        "ignores the parentIdTag of a reservation",
        "5.13",
        "TC_053_1 TC_053_2",
        Patch(Reservation, "is_for", lambda original: _for_token_only),
    ),
    # End of a reservation
    wrong_v16(
        "omits the reservationId from StartTransaction",
        "4.8",
        USED,
        Patch(transactions_block, "_start", with_fields(reservation_id=UNSET)),
    ),
    wrong_v16(
        "sends a reservationId in every StartTransaction",
        "4.8",
        "TC_047 TC_051",
        Patch(transactions_block, "_start", _always_with_reservation),
    ),
    wrong_v16("keeps a reservation after it was used", "5.13", USED, Patch(Reservations, "end_used", NOTHING)),
    wrong_v16("does not expire reservations", "5.13", "TC_047", Patch(Reservations, "_expire", NOTHING)),
    wrong_v16("expires reservations too early", "5.13", "TC_047", _lasts_longer(timedelta(seconds=-10))),
    wrong_v16("expires reservations too late", "5.13", "TC_047", _lasts_longer(timedelta(seconds=10))),
    # CancelReservation
    wrong_v16(
        "accepts CancelReservation and keeps the reservation",
        "5.1",
        "TC_051",
        Patch(Reservations, "cancel", lambda original: _keeps),
    ),
    wrong_v16(
        "rejects every CancelReservation",
        "5.1",
        "TC_051",
        Patch(block, "_cancel", with_fields(status=_CANCEL.Rejected)),
    ),
    wrong_v16(
        "accepts CancelReservation for an unknown reservation",
        "5.1",
        "TC_052",
        Patch(block, "_cancel", with_fields(status=_CANCEL.Accepted)),
    ),
    wrong_v16(
        "cancels all reservations for an unknown reservationId", "5.1", "TC_052", Patch(block, "_cancel", _cancels_all)
    ),
)
