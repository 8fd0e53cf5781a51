"""Wrong with reservations of OCPP 1.6: for whom a connector is kept, how long, and what the CSMS hears of it."""

from datetime import timedelta
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, later_with_fields, with_arguments, with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.blocks.h_reservation import v16 as block
from plugfest.station.blocks.h_reservation.rules import ReserveNowStatus
from plugfest.station.model.reservations import Reservation, Reservations

WHOLE_STATION, CONNECTORS_ONLY, NONE = "reference-16-ac", "reference-16-dc", "reference-16-plain"
"""What they let themselves reserve."""

_CANCEL = t.CancelReservationResponseStatus

USED = "TC_046_1 TC_046_2 TC_049 TC_053_1 TC_053_2"
"""The cases in which somebody comes for whom a connector is kept."""


def _wrong(name: str, requirement: str, cases: str, *patches: Patch, product: str = WHOLE_STATION) -> Behaviour:
    return wrong(name, requirement, cases, *patches, product=product)


def _lasts(longer: timedelta) -> Patch:
    def other(reservations: Reservations, one: Reservation) -> tuple[Any, ...]:
        return reservations, msgspec.structs.replace(one, expires_at=one.expires_at + longer)

    return Patch(Reservations, "_start_timer", with_arguments(other))


def _cancels_every_one(right: Function) -> Function:
    async def cancel(context: Any, request: m.CancelReservationRequest) -> Any:
        response = await right(context, request)
        reservations = context.shared.get(Reservations)
        for each in reservations:
            context.handlers.after_response(lambda id=each.id: block._end(reservations, id))
        return response

    return cancel


def _names_the_last(right: Function) -> Function:
    """Every transaction says that it ends a reservation, if there has ever been one."""
    return lambda event: msgspec.structs.replace(right(event), reservation_id=1)


def _of_one_connector(self: Reservations, evse_id: int) -> bool:
    """For a reservation of the whole station nothing is kept."""
    return any(each.evse_id == evse_id for each in self._unused())


def _for_the_token_only(self: Reservation, token: Any, group: str | None) -> bool:
    return self.token.same_as(token)


BEHAVIOURS: tuple[Behaviour, ...] = (
    # ReserveNow
    _wrong(
        "a reservation is accepted and forgotten",
        "5.13",
        "TC_046_1 TC_046_2 TC_047 TC_049 TC_053_1 TC_053_2",
        Patch(block, "_put", NOTHING),
    ),
    _wrong(
        "whatever stands in the way, it can be reserved",
        "5.13",
        "TC_048_1 TC_048_2 TC_048_3 TC_050_1 TC_050_2 TC_050_3",
        Patch(block, "decide", always(ReserveNowStatus.ACCEPTED)),
    ),
    _wrong(
        "whatever stands in the way, a reservation is rejected",
        "7.40",
        "TC_048_1 TC_048_2 TC_048_3 TC_050_1 TC_050_2 TC_050_3",
        Patch(block, "decide", always(ReserveNowStatus.REJECTED)),
    ),
    _wrong(
        "what is broken or out of service is occupied",
        "7.40",
        "TC_048_1 TC_048_3 TC_050_1 TC_050_3",
        Patch(block, "decide", always(ReserveNowStatus.OCCUPIED)),
    ),
    _wrong(
        "a station without reservations accepts them",
        "5.13",
        "TC_048_4",
        Patch(block, "_decide", always(ReserveNowStatus.ACCEPTED)),
        product=NONE,
    ),
    _wrong(
        "a station without reservations is occupied",
        "5.13",
        "TC_048_4",
        Patch(block, "_decide", always(ReserveNowStatus.OCCUPIED)),
        product=NONE,
    ),
    _wrong(
        "a station that cannot be reserved as a whole is",
        "9.3.1",
        "TC_050_4",
        Patch(block, "_decide", always(ReserveNowStatus.ACCEPTED)),
        product=CONNECTORS_ONLY,
    ),
    _wrong(
        "nothing is kept of a station that is reserved as a whole",
        "5.13",
        "TC_049",
        Patch(Reservations, "is_reserved", lambda right: _of_one_connector),
    ),
    # Who may charge
    _wrong(
        "the CSMS is asked about everybody at a reserved connector",
        "5.13",
        "TC_046_1",
        Patch(Reservations, "may_allow", always(True)),
    ),
    _wrong(
        "everybody may charge at a reserved connector",
        "5.13",
        "TC_046_1",
        Patch(Reservations, "may_allow", always(True)),
        Patch(Reservations, "allows", always(True)),
    ),
    _wrong(
        "a parent idTag counts for nothing",
        "5.13",
        "TC_053_1 TC_053_2",
        Patch(Reservation, "is_for", lambda right: _for_the_token_only),
    ),
    # How it ends
    _wrong(
        "nobody hears which reservation a transaction ends",
        "4.8",
        USED,
        Patch(transactions_block, "_start", with_fields(reservation_id=UNSET)),
    ),
    _wrong(
        "every transaction ends a reservation",
        "4.8",
        "TC_047 TC_051",
        Patch(transactions_block, "_start", _names_the_last),
    ),
    _wrong("a reservation that was used stays", "5.13", USED, Patch(Reservations, "end_used", NOTHING)),
    _wrong("reservations do not expire", "5.13", "TC_047", Patch(Reservations, "_expire", NOTHING)),
    _wrong("reservations expire early", "5.13", "TC_047", _lasts(timedelta(seconds=-10))),
    _wrong("reservations expire late", "5.13", "TC_047", _lasts(timedelta(seconds=10))),
    # CancelReservation
    _wrong("a reservation is cancelled and stays", "5.1", "TC_051", Patch(block, "_end", NOTHING)),
    _wrong(
        "no reservation can be cancelled",
        "5.1",
        "TC_051",
        Patch(block, "_cancel", later_with_fields(status=_CANCEL.Rejected)),
    ),
    _wrong(
        "a reservation that there is not is cancelled",
        "5.1",
        "TC_052",
        Patch(block, "_cancel", later_with_fields(status=_CANCEL.Accepted)),
    ),
    _wrong(
        "whoever cancels another reservation cancels all", "5.1", "TC_052", Patch(block, "_cancel", _cancels_every_one)
    ),
)
