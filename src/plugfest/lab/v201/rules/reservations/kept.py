"""A reserved EVSE is kept for its driver."""

from collections.abc import Iterable, Iterator
from math import inf

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.reservations.authorized_transactions import AuthorizedTransaction, authorized_transactions
from plugfest.lab.v201.rules.reservations.lifetimes import (
    Reservation,
    is_certainly_pending,
    is_refused,
    key,
    reservations,
)
from plugfest.lab.v201.rules.transactions import event_time
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _judge_kept(evidence: Evidence) -> Iterator[Violation]:
    authorized = authorized_transactions(evidence)
    for each in authorized:
        at, evse_id = each.authorization, each.transaction.evse_id
        if evse_id is None:
            continue
        pending = [one for one in reservations(evidence) if is_certainly_pending(evidence, one, at.since, at.until)]
        if any(one.is_for(at.token, at.group) and one.is_at(evse_id) for one in pending):
            continue
        by_id = [one for one in pending if one.evse_id == evse_id]
        of_any = [one for one in pending if one.evse_id is None]
        free = _free_evses(evidence, authorized, each, pending)
        if by_id or _lacks(evidence, of_any, free):
            ids = ", ".join(str(one.id) for one in by_id or of_any)
            yield Violation(
                f"no authorization of idToken {at.token[0]} at EVSE {evse_id}, which is needed for reservation {ids}",
                f"triggerReason {each.event.message.trigger_reason}",
                each.event.frame,
            )


def _free_evses(
    evidence: Evidence,
    authorized: Iterable[AuthorizedTransaction],
    new: AuthorizedTransaction,
    pending: Iterable[Reservation],
) -> set[int]:
    """The EVSEs that may be free for the reservations of any EVSE after an authorization."""
    used = {each.evse_id for each in pending if each.evse_id is not None}
    for each in authorized:
        evse_id = each.transaction.evse_id
        ended = (event_time(one) for one in each.transaction.received if one.message.event_type == "Ended")
        before = each.authorization.until <= new.authorization.since < min(ended, default=inf)
        if evse_id is not None and (before or each is new):
            used.add(evse_id)
    return {evse.id for evse in evidence.product.evses} - used


def _lacks(evidence: Evidence, of_any: list[Reservation], free: set[int]) -> bool:
    """Whether fewer EVSEs are free than are reserved, for all reservations or for those of a connector type."""
    types = {evse.id: {connector.type for connector in evse.connectors} for evse in evidence.product.evses}
    kinds = {kind for one in of_any if (kind := given(one.request.connector_type)) is not None}
    by_type = ((sum(given(one.request.connector_type) == kind for one in of_any), kind) for kind in kinds)
    return len(of_any) > len(free) or any(
        count > sum(str(kind) in types[evse_id] for evse_id in free) for count, kind in by_type
    )


KEPT = Rule("a reserved EVSE is kept for its driver", "H01.FR.07, H01.FR.09, H03.FR.01", _judge_kept)


def _judge_remote_starts(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request = exchange.request
        if not isinstance(request, m.RequestStartTransactionRequest) or exchange.response is None:
            continue
        evse_id, group = given(request.evse_id), given(request.group_id_token)
        answered = exchange.at if exchange.answered_at is None else exchange.answered_at
        pending = [
            one
            for one in reservations(evidence)
            if evse_id is not None
            and one.evse_id == evse_id
            and is_certainly_pending(evidence, one, exchange.at, answered)
            and not one.is_for(key(request.id_token), None if group is None else group.id_token)
        ]
        differs = any(one.group is None or group is not None for one in pending)
        if differs and not is_refused(exchange):
            yield Violation(
                f"RequestStartTransactionResponse.status Rejected: EVSE {evse_id} is reserved for another idToken",
                "Accepted",
                exchange.answered_in,
            )


REMOTE_START_AT_RESERVED = Rule(
    "no remote start at an EVSE that is reserved for another idToken",
    "F01.FR.21, F01.FR.22, F02.FR.23, F02.FR.24",
    _judge_remote_starts,
)
