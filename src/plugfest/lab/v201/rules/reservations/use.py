"""The reservationId is that of the reservation which the transaction has used."""

from collections.abc import Iterator
from math import inf

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.reservations.authorized_transactions import authorized_transactions
from plugfest.lab.v201.rules.reservations.lifetimes import (
    Authorization,
    Reservation,
    authorizations,
    ends_unused,
    key,
    possible_ends,
    reservations,
)
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, transactions
from plugfest.ocpp.message import given


def _judge_reservation_ids(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for event in transaction.received:
            reservation_id = given(event.message.reservation_id)
            if reservation_id is not None and not any(
                _may_be_used(evidence, each, transaction, event) for each in reservations(evidence)
            ):
                yield Violation(
                    "TransactionEventRequest.reservationId of a reservation of this EVSE for this idToken that has not"
                    " ended",
                    f"reservationId {reservation_id}",
                    event.frame,
                )


def _may_be_used(evidence: Evidence, reservation: Reservation, transaction: Transaction, event: Event) -> bool:
    """Whether the transaction may have used this reservation."""
    if given(event.message.reservation_id) != reservation.id or not reservation.is_at(transaction.evse_id):
        return False
    since = reservation.exchange.at
    latest = min(reservation.expires, _ended_unused(evidence, reservation)) + evidence.settings.time_tolerance
    own = [each for each in authorizations(evidence) if reservation.is_for(each.token, each.group)]
    used = any(since <= each.until and each.since <= latest and each.frame <= event.frame for each in own)
    return used or (transaction.has_own_token and event_time(event) >= since)


def _ended_unused(evidence: Evidence, reservation: Reservation) -> float:
    """When it was cancelled or replaced, or the station had reported its end; infinite if never."""
    later = (each for each in evidence.exchanges if each.frame > reservation.exchange.frame)
    ends = (each.at for each in later if ends_unused(each, reservation) and each.response is not None)
    return min(ends, default=inf)


RESERVATION_IDS = Rule("reservationId of a reservation", "H01.FR.15", _judge_reservation_ids)


def _judge_reported_use(evidence: Evidence) -> Iterator[Violation]:
    for transaction, event, authorization in authorized_transactions(evidence):
        pending = [
            each
            for each in reservations(evidence)
            if key(each.request.id_token) == authorization.token
            and each.is_at(transaction.evse_id)
            and _was_pending(evidence, each, authorization)
        ]
        reported = {given(each.message.reservation_id) for each in transaction.events if each.frame <= event.frame}
        if pending and transaction.evse_id is not None and not reported & {each.id for each in pending}:
            ids = " or ".join(str(each.id) for each in pending)
            yield Violation(
                f"TransactionEventRequest.reservationId {ids} in the first event after the authorization",
                "omitted" if given(event.message.reservation_id) is None else str(given(event.message.reservation_id)),
                event.frame,
            )


def _was_pending(evidence: Evidence, reservation: Reservation, authorization: Authorization) -> bool:
    """Whether the reservation held until this authorization has used it."""
    latest = reservation.expires - evidence.settings.time_tolerance
    ends = [end for end in possible_ends(evidence, reservation) if end < authorization.since]
    begins = reservation.certainly_made and reservation.began <= authorization.since
    typed = given(reservation.request.connector_type) is not None  # the connector of the transaction may not fit
    return begins and authorization.until < latest and not ends and not typed


REPORTED_USE = Rule("reservationId of a used reservation", "H01.FR.15, E02.FR.03, E03.FR.03", _judge_reported_use)
