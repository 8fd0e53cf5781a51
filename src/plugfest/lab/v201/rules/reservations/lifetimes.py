"""The reservations of a case: when they began, and when they have ended or may have."""

from collections.abc import Iterator
from math import inf

import msgspec

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, once
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

IdToken = tuple[str, str]
"""The value in lower case, and the type."""


def key(id_token: t.IdTokenType) -> IdToken:
    return id_token.id_token.lower(), str(id_token.type)


class Authorization(msgspec.Struct, frozen=True):
    """A token was presented at an EVSE, or sent for it with a remote start; an EVSE of None: at any.

    `until`: when the station has certainly received it.
    """

    token: IdToken
    group: str | None
    evse_id: int | None
    since: float
    until: float
    frame: int


class Reservation(msgspec.Struct, frozen=True):
    """A reservation that the station has accepted, or may have accepted because it has not answered."""

    request: m.ReserveNowRequest
    exchange: Exchange

    @property
    def id(self) -> int:
        return self.request.id

    @property
    def evse_id(self) -> int | None:
        return given(self.request.evse_id)

    @property
    def group(self) -> str | None:
        group = given(self.request.group_id_token)
        return None if group is None else group.id_token

    @property
    def certainly_made(self) -> bool:
        return self.exchange.response is not None

    @property
    def began(self) -> float:
        """When the station had answered."""
        return self.exchange.at if self.exchange.answered_at is None else self.exchange.answered_at

    @property
    def expires(self) -> float:
        return self.exchange.loop_time(self.request.expiry_date_time)

    def is_at(self, evse_id: int | None) -> bool:
        return None in (self.evse_id, evse_id) or self.evse_id == evse_id

    def is_for(self, token: IdToken, group: str | None) -> bool:
        return key(self.request.id_token) == token or (self.group is not None and self.group == group)


@once
def reservations(evidence: Evidence) -> list[Reservation]:
    return [
        Reservation(exchange.request, exchange)
        for exchange in evidence.lab_requests
        if isinstance(exchange.request, m.ReserveNowRequest) and not is_refused(exchange)
    ]


def is_refused(exchange: Exchange) -> bool:
    """Whether the station has answered, and not with status Accepted. Without an answer it may have accepted."""
    return exchange.answered_at is not None and getattr(exchange.response, "status", None) != "Accepted"


@once
def authorizations(evidence: Evidence) -> list[Authorization]:
    """Every token that was presented or sent with a remote start."""
    groups = {(token.id_token.lower(), token.type): token.group for token in evidence.settings.tokens.known().values()}
    found = []
    for action in evidence.actions_of(ActionKind.PRESENT_TOKEN):
        if action.token is not None:
            token = (action.token.id_token.lower(), action.token.type)
            found.append(_presented(action, token, groups.get(token, action.token.group)))
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.RequestStartTransactionRequest) and not is_refused(exchange):
            until = exchange.at if exchange.answered_at is None else exchange.answered_at
            group = given(request.group_id_token)
            known = groups.get(key(request.id_token)) if group is None else group.id_token
            evse_id = given(request.evse_id)
            found.append(Authorization(key(request.id_token), known, evse_id, exchange.at, until, exchange.frame))
    return found


def _presented(action: OperatorAction, token: IdToken, group: str | None) -> Authorization:
    return Authorization(token, group, action.evse_id, action.began, action.ended, action.frame)


def possible_ends(evidence: Evidence, reservation: Reservation) -> Iterator[float]:
    """When the reservation may have ended before its expiry: used, cancelled, replaced, or its EVSE out of service."""
    since = reservation.exchange.frame
    for each in authorizations(evidence):
        if each.frame > since and reservation.is_for(each.token, each.group) and reservation.is_at(each.evse_id):
            yield each.since
    for action in evidence.actions_of(ActionKind.FAULT, ActionKind.JAM_LOCK):
        if action.frame > since:
            yield action.began
    for exchange in evidence.exchanges:
        if exchange.frame > since and _may_end(exchange, reservation):
            yield exchange.at


def _may_end(exchange: Exchange, reservation: Reservation) -> bool:
    request = exchange.request
    if isinstance(request, m.TransactionEventRequest):
        return given(request.reservation_id) == reservation.id
    out_of_service = isinstance(request, m.ChangeAvailabilityRequest | m.UpdateFirmwareRequest)  # H01.FR.17
    return out_of_service or ends_unused(exchange, reservation)


def ends_unused(exchange: Exchange, reservation: Reservation) -> bool:
    """Whether the reservation was cancelled or replaced, or the station has reported its end."""
    request = exchange.request
    if isinstance(request, m.ReservationStatusUpdateRequest):
        return request.reservation_id == reservation.id
    if isinstance(request, m.CancelReservationRequest):
        return request.reservation_id == reservation.id and not is_refused(exchange)
    return isinstance(request, m.ReserveNowRequest) and request.id == reservation.id and not is_refused(exchange)


def is_certainly_pending(evidence: Evidence, reservation: Reservation, since: float, until: float) -> bool:
    """Whether the reservation held during this time, whatever the station has done."""
    first_end = min(possible_ends(evidence, reservation), default=inf)
    latest = reservation.expires - evidence.settings.time_tolerance
    return reservation.certainly_made and reservation.began <= since and until < min(first_end, latest)
