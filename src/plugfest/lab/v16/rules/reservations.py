"""The reservationId of StartTransaction in OCPP 1.6 is that of the reservation which the transaction ends (4.8)."""

from collections.abc import Iterator
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.rules.sessions import Transaction, transactions
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

ANY_CONNECTOR = 0


class Reservation(NamedTuple):
    """An accepted ReserveNow."""

    request: m.ReserveNowRequest
    exchange: Exchange

    def is_at(self, connector_id: int) -> bool:
        return self.request.connector_id in (ANY_CONNECTOR, connector_id)

    def is_for(self, id_tag: str) -> bool:
        return self.request.id_tag.lower() == id_tag


def _judge(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        reservations = list(_reservations(evidence, transaction))
        reservation_id = given(transaction.start.message.reservation_id)
        if reservation_id is not None and not evidence.began_idle:
            continue
        if reservation_id is None:
            expected = [each for each in reservations if _must_end(evidence, each, transaction)]
            deviates = bool(expected)
        else:
            expected = [each for each in reservations if each.is_at(transaction.connector_id)]
            deviates = not any(_may_end(evidence, each, transaction) for each in reservations)
        if deviates:
            ids = " or ".join(str(each.request.reservation_id) for each in expected)
            yield Violation(
                f"StartTransactionRequest.reservationId {ids or 'omitted'} for idTag {transaction.id_tag}",
                "omitted" if reservation_id is None else str(reservation_id),
                transaction.start.frame,
            )


def _reservations(evidence: Evidence, transaction: Transaction) -> Iterator[Reservation]:
    """The reservations before a transaction that the lab has not cancelled, nor an earlier transaction used."""
    for exchange in evidence.lab_requests:
        request, frame = exchange.request, transaction.start.frame
        if isinstance(request, m.ReserveNowRequest) and exchange.frame < frame and _may_be_accepted(exchange):
            reservation = Reservation(request, exchange)
            if not any(_ends(each, reservation) for each in evidence.exchanges if each.frame < frame):
                yield reservation


def _ends(exchange: Exchange, reservation: Reservation) -> bool:
    """Whether a later exchange has certainly ended the reservation."""
    request, id = exchange.request, reservation.request.reservation_id
    if exchange.frame <= reservation.exchange.frame:
        return False
    if isinstance(request, m.StartTransactionRequest):
        return given(request.reservation_id) == id
    accepted = getattr(exchange.response, "status", None) == "Accepted"
    if isinstance(request, m.CancelReservationRequest | m.ReserveNowRequest):
        return accepted and request.reservation_id == id
    return False


def _may_be_accepted(exchange: Exchange) -> bool:
    return exchange.response is None or getattr(exchange.response, "status", None) == "Accepted"


def _may_end(evidence: Evidence, reservation: Reservation, transaction: Transaction) -> bool:
    """Whether the transaction may have ended the reservation; with a parentIdTag also that of another idTag."""
    request = reservation.request
    for_driver = given(request.parent_id_tag) is not None or reservation.is_for(transaction.id_tag)
    same = given(transaction.start.message.reservation_id) == request.reservation_id
    expires_at = reservation.exchange.loop_time(request.expiry_date)
    in_time = transaction.started_at <= expires_at + evidence.settings.time_tolerance
    return same and for_driver and in_time and reservation.is_at(transaction.connector_id)


def _must_end(evidence: Evidence, reservation: Reservation, transaction: Transaction) -> bool:
    """Whether the transaction has ended the reservation, which nothing else may have done before (5.13)."""
    exchange, tolerance = reservation.exchange, evidence.settings.time_tolerance
    answered_at = exchange.at if exchange.answered_at is None else exchange.answered_at
    is_accepted = exchange.response is not None
    lasts = (
        is_accepted
        and answered_at <= transaction.started_at < exchange.loop_time(reservation.request.expiry_date) - tolerance
    )
    matches = reservation.is_at(transaction.connector_id) and reservation.is_for(transaction.id_tag)
    return lasts and matches and not _may_be_terminated(evidence, exchange.frame, transaction.start.frame)


def _may_be_terminated(evidence: Evidence, since: int, until: int) -> bool:
    """By a fault, by a connector that became Unavailable, by a boot, or by a request to cancel it."""
    faults = evidence.actions_of(ActionKind.FAULT, ActionKind.JAM_LOCK, ActionKind.POWER_OFF)
    requests = (exchange.request for exchange in evidence.exchanges if since < exchange.frame < until)
    ends = m.ChangeAvailabilityRequest | m.BootNotificationRequest | m.CancelReservationRequest
    return any(since < action.frame <= until for action in faults) or any(isinstance(each, ends) for each in requests)


RESERVATION_ID = Rule("reservationId of a transaction", "sections 4.8 and 5.13", _judge)
