"""ReservationStatusUpdate: for the reservations that end without the CSMS, and only for those."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.reservations.lifetimes import Reservation, is_refused, possible_ends, reservations
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _judge_updates(evidence: Evidence) -> Iterator[Violation]:
    answered: set[tuple[int, int]] = set()
    for sent in evidence.sent(m.ReservationStatusUpdateRequest):
        made = [each for each in reservations(evidence) if each.id == sent.message.reservation_id]
        made = [each for each in made if each.exchange.frame < sent.frame]
        expected = _unmet(evidence, made[-1], sent) if made else "a reservation that was accepted"
        if not made and not evidence.began_idle:
            continue
        if made and expected is None and (made[-1].id, made[-1].exchange.frame) in answered:
            expected = "one report of each end of a reservation"
        if expected is not None:
            yield Violation(
                f"ReservationStatusUpdateRequest only for {expected}",
                f"reservationId {sent.message.reservation_id}, {sent.message.reservation_update_status}",
                sent.frame,
            )
        if made and sent.exchange.response is not None:
            answered.add((made[-1].id, made[-1].exchange.frame))


def _unmet(
    evidence: Evidence, reservation: Reservation, sent: SentRequest[m.ReservationStatusUpdateRequest]
) -> str | None:
    """What the end that is reported requires and is not so."""
    since = reservation.exchange.frame
    between = [each for each in evidence.exchanges if since < each.frame < sent.frame]
    if any(_is_cancelled(each, reservation, before=sent.frame) for each in between):
        return "a reservation that the CSMS has not cancelled"  # H02, remark
    if any(_is_used(each.request, reservation) for each in between):
        return "a reservation that was not used"  # H04
    if sent.message.reservation_update_status == "Expired":
        early = sent.at < reservation.expires - evidence.settings.time_tolerance
        return "Expired after the expiryDateTime" if early else None
    requests = m.ChangeAvailabilityRequest | m.UpdateFirmwareRequest | m.ResetRequest
    causes = [each.frame for each in between if isinstance(each.request, requests)]
    causes += [each.frame for each in evidence.actions_of(ActionKind.FAULT, ActionKind.JAM_LOCK)]
    return None if any(frame <= sent.frame for frame in causes) else "an EVSE that was made Unavailable or Faulted"


def _is_cancelled(exchange: Exchange, reservation: Reservation, *, before: int) -> bool:
    request = exchange.request
    cancels = isinstance(request, m.CancelReservationRequest) and request.reservation_id == reservation.id
    accepted = exchange.response is not None and not is_refused(exchange)
    return cancels and accepted and exchange.answered_in is not None and exchange.answered_in < before


def _is_used(request: object, reservation: Reservation) -> bool:
    return isinstance(request, m.TransactionEventRequest) and given(request.reservation_id) == reservation.id


STATUS_UPDATES = Rule("reservations whose end is reported", "H01.FR.16, H01.FR.17, H04.FR.01", _judge_updates)


def _judge_expiries(evidence: Evidence) -> Iterator[Violation]:
    """Only while the station was connected: otherwise the report may come later."""
    last = max((exchange.at for exchange in evidence.exchanges), default=0.0)
    for reservation in reservations(evidence):
        due = reservation.expires + evidence.settings.function_timeout
        ended_before = any(end < reservation.expires for end in possible_ends(evidence, reservation))
        connected = any(
            period.began <= reservation.expires and (period.ended is None or period.ended >= due)
            for period in evidence.connection_periods
        )
        reported = any(
            sent.message.reservation_id == reservation.id for sent in evidence.sent(m.ReservationStatusUpdateRequest)
        )
        if reservation.certainly_made and last > due and connected and not ended_before and not reported:
            yield Violation(
                f"ReservationStatusUpdateRequest Expired of reservation {reservation.id}",
                f"none within {evidence.settings.function_timeout:g} s after the expiryDateTime",
                reservation.exchange.frame,
            )


EXPIRIES = Rule("expired reservations are reported", "H04.FR.01", _judge_expiries)
