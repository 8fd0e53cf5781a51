"""Block H: who may use reservations, how long they last, and what is reported of them."""

from datetime import timedelta
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    MakeWrong,
    always,
    changed,
    with_arguments,
    with_fields,
)
from plugfest.station.blocks.e_transactions import v201 as transactions_block
from plugfest.station.blocks.h_reservation import reserving
from plugfest.station.blocks.h_reservation import v201 as block
from plugfest.station.blocks.h_reservation.rules import Decision, ReserveNowStatus
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservation, ReservationEnd, Reservations

EVSE_ONLY = "reference-ac-fixed"
"""The product that supports no reservations without an EVSE."""

NOT_POSSIBLE = "TC_H_03 TC_H_04 TC_H_06 TC_H_09 TC_H_10 TC_H_12 TC_H_16"
"""The cases in which nothing can be reserved."""

USED = "TC_H_01 TC_H_08 TC_H_15 TC_H_19 TC_H_23 TC_H_24"
"""The cases in which a reservation is used."""

_CANCEL = t.CancelReservationStatusEnumType


def _answers(status: ReserveNowStatus) -> MakeWrong:
    return always(Decision(status))


def _refuses_with(status: ReserveNowStatus) -> MakeWrong:
    """Refuses with this status what cannot be reserved."""
    return changed(lambda decision: decision if decision.status is ReserveNowStatus.ACCEPTED else Decision(status))


def _lasts_longer(longer: timedelta) -> Patch:
    def other(reservations: Reservations, reservation: Reservation) -> tuple[Any, ...]:
        return reservations, msgspec.structs.replace(reservation, expires_at=reservation.expires_at + longer)

    return Patch(Reservations, "_start_timer", with_arguments(other))


def _put(original: Function) -> Function:
    """Keeps the old reservation with the same id beside the new one."""

    def put(self: Reservations, reservation: Reservation) -> None:
        old = self.get(reservation.id)
        original(self, reservation)
        if old is not None:
            original(self, msgspec.structs.replace(old, id=old.id + 1_000_000))

    return put


def _in_memory_only(original: Function) -> Function:
    """Forgets a reservation at a restart."""

    def put(self: Reservations, reservation: Reservation) -> None:
        original(self, reservation)
        self._records.delete(str(reservation.id))

    return put


def _rejects_known_ids(original: Function) -> Function:
    def decide(context: Any, reservation: Reservation, **options: Any) -> Decision:
        if context.shared.get(Reservations).get(reservation.id) is not None:
            return Decision(ReserveNowStatus.REJECTED)
        decision: Decision = original(context, reservation, **options)
        return decision

    return decide


def _reports(status: t.ReservationUpdateStatusEnumType) -> MakeWrong:
    """Reports every end with this status."""

    def make(original: Function) -> Function:
        def report(context: Any, reservation: Reservation, reason: ReservationEnd) -> None:
            request = m.ReservationStatusUpdateRequest(reservation_id=reservation.id, reservation_update_status=status)
            if reason in (ReservationEnd.EXPIRED, ReservationEnd.REMOVED):
                context.outbox.send(request)

        return report

    return make


def _reports_cancellation(original: Function) -> Function:
    def report(context: Any, reservation: Reservation, reason: ReservationEnd) -> None:
        original(context, reservation, ReservationEnd.REMOVED if reason is ReservationEnd.CANCELLED else reason)

    return report


def _only_of_evse(self: Reservations, evse_id: int, *, without: int | None = None) -> bool:
    """Ignores the reservations of any EVSE."""
    return any(each.evse_id == evse_id for each in self._unused())


def _for_token_only(self: Reservation, token: Any, group: str | None) -> bool:
    return self.token.same_as(token)


def _keeps(self: Reservations, id: int) -> bool:
    return self.get(id) is not None


def _first_connector_only(original: Function) -> Function:
    def status(self: Connectors, place: Any) -> ConnectorStatus:
        actual: ConnectorStatus = original(self, place)
        return ConnectorStatus.AVAILABLE if actual is ConnectorStatus.RESERVED and place.evse_id != 1 else actual

    return status


def _other_id(event: m.TransactionEventRequest) -> Any:
    return UNSET if event.reservation_id is UNSET else event.reservation_id + 1


def _always_with_id(event: m.TransactionEventRequest) -> Any:
    return 1 if event.event_type == "Started" and event.reservation_id is UNSET else event.reservation_id


BEHAVIOURS: tuple[Behaviour, ...] = (
    # ReserveNow
    wrong_v201(
        "accepts a reservation and does not store it",
        "H01.FR.03",
        "TC_H_01 TC_H_07 TC_H_08 TC_H_14 TC_H_15 TC_H_19 TC_H_24",
        Patch(reserving, "store", NOTHING),
    ),
    wrong_v201(
        "rejects every reservation",
        "H01.FR.23",
        "TC_H_01 TC_H_07 TC_H_08 TC_H_14 TC_H_15 TC_H_19 TC_H_24",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.REJECTED)),
    ),
    wrong_v201(
        "accepts every reservation",
        "H01.FR.11, H01.FR.14",
        NOT_POSSIBLE,
        Patch(reserving, "decide_by_status", _answers(ReserveNowStatus.ACCEPTED)),
    ),
    wrong_v201(
        "rejects every reservation that is not possible",
        "H01.FR.11, H01.FR.14",
        NOT_POSSIBLE,
        Patch(reserving, "decide_by_status", _refuses_with(ReserveNowStatus.REJECTED)),
    ),
    wrong_v201(
        "answers Occupied for an EVSE that is Unavailable",
        "H01.FR.14",
        "TC_H_06 TC_H_12",
        Patch(reserving, "decide_by_status", _refuses_with(ReserveNowStatus.OCCUPIED)),
    ),
    wrong_v201(
        "answers Unavailable for an EVSE that is Occupied or Reserved",
        "H01.FR.11",
        "TC_H_03 TC_H_04 TC_H_09 TC_H_10 TC_H_16",
        Patch(reserving, "decide_by_status", _refuses_with(ReserveNowStatus.UNAVAILABLE)),
    ),
    wrong_v201(
        "accepts reservations although ReservationCtrlr.Enabled is false",
        "H01.FR.01",
        "TC_H_22",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.ACCEPTED)),
    ),
    wrong_v201(
        "accepts reservations without an EVSE although it does not support them",
        "H01.FR.19",
        "TC_H_13",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.ACCEPTED)),
        product=EVSE_ONLY,
    ),
    wrong_v201(
        "answers Occupied to a reservation without an EVSE, which it does not support",
        "H01.FR.19",
        "TC_H_13",
        Patch(reserving, "decision_for", _answers(ReserveNowStatus.OCCUPIED)),
        product=EVSE_ONLY,
    ),
    wrong_v201(
        "keeps no EVSE free for reservations of any EVSE",
        "H01.FR.07, H01.FR.20",
        "TC_H_14 TC_H_24",
        Patch(Reservations, "is_reserved", lambda original: _only_of_evse),
    ),
    wrong_v201(
        "reports Reserved for one EVSE only",
        "H01.FR.20",
        "TC_H_14",
        Patch(Connectors, "_status", _first_connector_only),
    ),
    wrong_v201(
        "keeps a reservation beside the one that replaces it", "H01.FR.02", "TC_H_23", Patch(Reservations, "put", _put)
    ),
    wrong_v201(
        "rejects the replacement of a reservation",
        "H01.FR.02",
        "TC_H_23",
        Patch(reserving, "decision_for", _rejects_known_ids),
    ),
    wrong_v201(
        "forgets reservations at a restart",
        "B01.FR.13, B11.FR.05",
        "TC_B_24",
        Patch(Reservations, "put", _in_memory_only),
    ),
    # Use of a reservation
    wrong_v201(
        "lets every idToken charge at a reserved EVSE",
        "H03.FR.01, F01.FR.21",
        "TC_H_02",
        Patch(Reservations, "allows", always(True)),
    ),
    wrong_v201(
        "accepts a remote start of another idToken, and then refuses it",
        "F01.FR.21",
        "TC_H_02",
        Patch(Reservations, "may_allow", always(True)),
    ),
    wrong_v201(
        "refuses the idToken of the reservation",
        "H03.FR.01",
        "TC_H_01 TC_H_23",
        Patch(Reservations, "allows", lambda original: lambda self, evse_id, *_: not self.is_reserved(evse_id)),
        Patch(TokenHandler, "_use_reservation", always(None)),
    ),
    wrong_v201(
        "ignores the group of a reservation",
        "H03.FR.04, H03.FR.06",
        "TC_H_19 TC_H_24",
        Patch(Reservation, "is_for", lambda original: _for_token_only),
    ),
    wrong_v201(
        "omits the reservationId",
        "H01.FR.15, E03.FR.03",
        USED,
        Patch(transactions_block, "request_for", with_fields(reservation_id=UNSET)),
    ),
    wrong_v201(
        "sends another reservationId",
        "H01.FR.15",
        USED,
        Patch(transactions_block, "request_for", with_fields(reservation_id=_other_id)),
    ),
    wrong_v201(
        "sends a reservationId in every transaction",
        "H01.FR.15",
        "TC_H_07 TC_H_21",
        Patch(transactions_block, "request_for", with_fields(reservation_id=_always_with_id)),
    ),
    wrong_v201(
        "keeps a connector Reserved after the driver has come",
        "H03.FR.09, H03.FR.10",
        "TC_H_01 TC_H_19 TC_H_23",
        Patch(Reservations, "use", NOTHING),
        Patch(Reservations, "_unused", lambda original: lambda self: list(self)),
    ),
    # End of a reservation
    wrong_v201("does not expire reservations", "H04.FR.01", "TC_H_07", Patch(Reservations, "_expire", NOTHING)),
    wrong_v201("expires reservations too early", "H04.FR.01", "TC_H_07", _lasts_longer(timedelta(seconds=-10))),
    wrong_v201("expires reservations too late", "H04.FR.01", "TC_H_07", _lasts_longer(timedelta(seconds=10))),
    wrong_v201(
        "does not report the end of a reservation",
        "H04.FR.01, H01.FR.17",
        "TC_H_07 TC_H_21",
        Patch(block, "_report_end", NOTHING),
    ),
    wrong_v201(
        "reports an expired reservation as Removed",
        "H04.FR.01",
        "TC_H_07",
        Patch(block, "_report_end", _reports(t.ReservationUpdateStatusEnumType.Removed)),
    ),
    wrong_v201(
        "reports a removed reservation as Expired",
        "H01.FR.17",
        "TC_H_21",
        Patch(block, "_report_end", _reports(t.ReservationUpdateStatusEnumType.Expired)),
    ),
    wrong_v201(
        "keeps the reservation of an EVSE that becomes Unavailable",
        "H01.FR.17",
        "TC_H_21",
        Patch(Reservations, "_end_out_of_service", NOTHING),
    ),
    # CancelReservation
    wrong_v201(
        "accepts CancelReservation and keeps the reservation",
        "H02.FR.02",
        "TC_H_17",
        Patch(Reservations, "cancel", lambda original: _keeps),
    ),
    wrong_v201(
        "rejects every CancelReservation",
        "H02.FR.02",
        "TC_H_17",
        Patch(block, "_cancel", with_fields(status=_CANCEL.Rejected)),
    ),
    wrong_v201(
        "accepts CancelReservation for an unknown reservation",
        "H02.FR.01",
        "TC_H_18",
        Patch(block, "_cancel", with_fields(status=_CANCEL.Accepted)),
    ),
    wrong_v201(
        "reports a reservation that the CSMS has cancelled",
        "H02",
        "TC_H_17",
        Patch(block, "_report_end", _reports_cancellation),
    ),
)
