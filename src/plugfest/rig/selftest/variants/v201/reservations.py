"""When a reservation is used and reported, and which EVSE is kept for one without an EVSE."""

from collections.abc import Iterable
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import always
from plugfest.rig.selftest.variants.message_filter import Message, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.blocks.h_reservation import v201 as block
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.authorization.tokens import TokenInfo
from plugfest.station.model.reservations import Reservation, ReservationEnd, Reservations


def _without_authorization(original: Function) -> Function:
    """Accepts the idToken of a reservation without asking."""

    async def authorize(self: Any, token: Any, evse_id: int | None) -> None:
        reserved_evse_id, reservation_id = self._present_for_reservation(token, evse_id)
        if reservation_id is None:
            await original(self, token, evse_id)
        else:
            self._start(token, TokenInfo(), reserved_evse_id or evse_id, reservation_id)

    return authorize


def _report_first(original: Function) -> Function:
    """Reports the end of a reservation before the connectors are Available."""

    def report(context: Any, reservation: Reservation, reason: ReservationEnd) -> None:
        status = {ReservationEnd.EXPIRED: "Expired", ReservationEnd.REMOVED: "Removed"}.get(reason)
        if status is not None:
            context.outbox.send(
                m.ReservationStatusUpdateRequest(
                    reservation_id=reservation.id,
                    reservation_update_status=t.ReservationUpdateStatusEnumType(status),
                )
            )

    return report


def _keeps_the_last(original: Function) -> Function:
    """Chooses an EVSE for each reservation of any EVSE: the last ones that could serve it."""

    def is_reserved(self: Reservations, evse_id: int, *, without: int | None = None) -> bool:
        unused = [each for each in self._unused() if each.id != without]
        of_any = [each for each in unused if each.evse_id is None]
        by_id = {each.evse_id for each in unused}
        evse_ids = [session.evse_id for session in self._sessions.at_evses if session.evse_id is not None]
        others = [each for each in evse_ids if each not in by_id]
        free = [each for each in others if any(self._could_charge(each, one) for one in of_any)]
        chosen = free[len(free) - min(len(of_any), len(free)) :]
        return evse_id in chosen or bool(original(self, evse_id, without=without))

    return is_reserved


class _Repeated:
    """Repeats the reservationId of a transaction in its later events."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def __call__(self, message: Message) -> Iterable[Message]:
        if not isinstance(message, m.TransactionEventRequest):
            return [message]
        transaction_id = message.transaction_info.transaction_id
        if message.reservation_id is not UNSET:
            self._ids[transaction_id] = message.reservation_id
        known = self._ids.get(transaction_id)
        return [message if known is None else msgspec.structs.replace(message, reservation_id=known)]


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "accepts the idToken of a reservation without an authorization",
        "H03, erratum 2.32",
        "the authorization is optional",
        Patch(TokenHandler, "_authorize", _without_authorization),
    ),
    permitted_v201(
        "uses a reservation when its idToken is accepted",
        "H03.FR.09, H03.FR.10",
        "no time is required for the end",
        Patch(TokenHandler, "_use_reservation", always(None)),
    ),
    permitted_v201(
        "reports the end of a reservation before the connector status",
        "H04.FR.01, H04.FR.03",
        "no order is required",
        Patch(block, "_report_end", _report_first),
    ),
    permitted_v201(
        "keeps a certain EVSE for a reservation of any EVSE",
        "H01.FR.07",
        "any one EVSE has to remain available",
        Patch(Reservations, "is_reserved", _keeps_the_last),
    ),
    permitted_v201(
        "the reservationId in every event",
        "E03.FR.03",
        "the next event is required to have it, and the later ones are not required to omit it",
        filter=MessageFilter(change=_Repeated),
    ),
)
