"""Messages agree with what was presented, plugged in and requested: idToken, evse, remoteStartId, reservationId."""

from collections.abc import Iterator
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, seen_transactions, transactions
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PRESENTED_TYPES = frozenset({"ISO14443", "ISO15693", "KeyCode", "Central"})
"""The types of idTokens that come from a reader or from the CSMS. A station or an EV may provide those of others."""


RESOLUTION = 1.0
"""Seconds: the timestamp of many stations is in whole seconds."""


class KnownToken(NamedTuple):
    """An idToken that was presented to the station, or sent to it, before a frame of the record."""

    id_token: str
    type: str
    frame: int

    def is_token(self, id_token: t.IdTokenType) -> bool:
        """Whether an idToken is this one. It is case-insensitive (Part 2, IdTokenType)."""
        return (self.id_token.lower(), self.type) == (id_token.id_token.lower(), str(id_token.type))


def _known_tokens(evidence: Evidence) -> Iterator[KnownToken]:
    for action in evidence.actions_of(ActionKind.PRESENT_TOKEN):
        if action.token is not None:
            yield KnownToken(action.token.id_token, action.token.type, action.frame)
    for exchange in evidence.lab_requests:
        if isinstance(exchange.request, m.RequestStartTransactionRequest):
            id_token = exchange.request.id_token
            yield KnownToken(id_token.id_token, str(id_token.type), exchange.frame)


def _judge_tokens(evidence: Evidence) -> Iterator[Violation]:
    known = list(_known_tokens(evidence))
    new = {event.frame for transaction in transactions(evidence) for event in transaction.received}
    for exchange in evidence.station_requests:
        request = exchange.request
        if exchange.frame not in new and not (isinstance(request, m.AuthorizeRequest) and evidence.began_idle):
            continue
        id_token = given(getattr(request, "id_token", None))
        if not isinstance(id_token, t.IdTokenType) or id_token.type not in PRESENTED_TYPES:
            continue
        if not any(token.frame <= exchange.frame and token.is_token(id_token) for token in known):
            yield Violation(
                f"{exchange.action}Request.idToken that was presented or sent to the station",
                f"idToken {id_token.id_token} of type {id_token.type}",
                exchange.frame,
            )


PRESENTED_TOKENS = Rule("idToken that was presented", "E03.FR.01, C01.FR.02", _judge_tokens)


def _judge_stopping_token(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for event in transaction.received:
            id_token = given(event.message.id_token)
            if event.message.trigger_reason == "StopAuthorized" and id_token is not None:
                tokens = _last_presented(evidence, event)
                if tokens and not any(token.is_token(id_token) for token in tokens):
                    yield Violation(
                        f"TransactionEventRequest.idToken {tokens[-1].id_token} with triggerReason StopAuthorized,"
                        " the token that was presented last",
                        id_token.id_token,
                        event.frame,
                    )


def _last_presented(evidence: Evidence, event: Event) -> list[KnownToken]:
    """The token that was presented last before the event, and those that may have been the last."""
    at, tolerance = event_time(event), evidence.settings.time_tolerance
    tokens: list[KnownToken] = []
    for action in evidence.actions_of(ActionKind.PRESENT_TOKEN):
        if action.token is not None and action.frame <= event.frame and action.began <= at + tolerance:
            if action.ended <= at + RESOLUTION:
                tokens.clear()
            tokens.append(KnownToken(action.token.id_token, action.token.type, action.frame))
    return tokens


TOKEN_THAT_STOPPED = Rule("idToken that stopped the transaction", "E07.FR.02", _judge_stopping_token)


# EVSE and connector


def _judge_evse(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        reporting: Event | None = None
        for event in transaction.events:
            evse = given(event.message.evse)
            before = None if reporting is None else given(reporting.message.evse)
            if evse is None:
                continue
            moved = reporting is not None and _plugged_in_between(evidence, reporting, event, evse)
            if before is not None and _differ(evse, before) and not moved:
                yield Violation(
                    f"TransactionEventRequest.evse {_address(before)} in all events of transaction {transaction.id}",
                    _address(evse),
                    event.frame,
                )
                continue
            reporting = event


def _differ(evse: t.EVSEType, other: t.EVSEType) -> bool:
    connector_ids = (given(evse.connector_id), given(other.connector_id))
    return evse.id != other.id or (None not in connector_ids and connector_ids[0] != connector_ids[1])


def _plugged_in_between(evidence: Evidence, earlier: Event, later: Event, evse: t.EVSEType) -> bool:
    """Whether a cable was plugged in to this EVSE between two events."""
    plug_ins = evidence.actions_of(ActionKind.PLUG_IN)
    return any(action.evse_id == evse.id and earlier.frame < action.frame <= later.frame for action in plug_ins)


def _address(evse: t.EVSEType) -> str:
    connector_id = given(evse.connector_id)
    return f"id {evse.id}" + ("" if connector_id is None else f", connectorId {connector_id}")


SAME_EVSE = Rule("the same EVSE in all events of a transaction", "E01.FR.14, E01.FR.16", _judge_evse)


def _judge_used_evse(evidence: Evidence) -> Iterator[Violation]:
    used: set[int | None] = {action.evse_id for action in evidence.actions if action.evse_id is not None}
    requests = [each.request for each in evidence.lab_requests]
    starts = [each for each in requests if isinstance(each, m.RequestStartTransactionRequest)]
    used |= {given(each.evse_id) for each in starts}
    if None in used:  # the station selects the EVSE of a request without evseId (F01.FR.06)
        return
    for transaction in transactions(evidence):
        event = next((each for each in transaction.received if given(each.message.evse) is not None), None)
        if event is not None and transaction.evse_id not in used:
            ids = ", ".join(str(evse_id) for evse_id in sorted(each for each in used if each is not None)) or "none"
            yield Violation(
                f"transactions only at EVSEs that were used in this case: {ids}",
                f"evse.id {transaction.evse_id}",
                event.frame,
            )


USED_EVSE = Rule("transactions at the EVSE that is used", "E01.FR.16", _judge_used_evse)


def _judge_known_evses(evidence: Evidence) -> Iterator[Violation]:
    known = {evse.id: {connector.id for connector in evse.connectors} for evse in evidence.product.evses}
    for exchange in evidence.station_requests:
        evse = _evse(exchange)
        connector_id = None if evse is None else given(evse.connector_id)
        if evse is not None and (evse.id not in known or connector_id not in {None, *known[evse.id]}):
            yield Violation("an EVSE and a connector in the PICS", _address(evse), exchange.frame)


def _evse(exchange: Exchange) -> t.EVSEType | None:
    """The EVSE of a message. EVSE 0 of MeterValues is the grid meter (J01)."""
    request = exchange.request
    if isinstance(request, m.TransactionEventRequest):
        return given(request.evse)
    if isinstance(request, m.MeterValuesRequest) and request.evse_id != 0:
        return t.EVSEType(id=request.evse_id)
    return None


KNOWN_EVSES = Rule("known EVSEs", "E01.FR.16, J01.FR.01", _judge_known_evses)


def _judge_one_transaction(evidence: Evidence) -> Iterator[Violation]:
    tolerance = evidence.settings.time_tolerance
    by_evse: dict[int, list[Transaction]] = {}
    for transaction in transactions(evidence):
        if transaction.evse_id is not None:
            by_evse.setdefault(transaction.evse_id, []).append(transaction)
    for evse_id, ordered in by_evse.items():
        for earlier in ordered:
            ended = next((each for each in earlier.received if each.message.event_type == "Ended"), None)
            for later in ordered[ordered.index(earlier) + 1 :]:
                started = later.received[0]
                if ended is not None and event_time(started) < event_time(ended) - tolerance:
                    yield Violation(
                        f"no other transaction at EVSE {evse_id} before transaction {earlier.id} has ended",
                        f"transaction {later.id} at {started.message.timestamp.isoformat()}",
                        started.frame,
                    )


ONE_TRANSACTION = Rule("one transaction at a time on an EVSE", "E01.FR.14", _judge_one_transaction)

PRESENTED_RULES = (PRESENTED_TOKENS, TOKEN_THAT_STOPPED, SAME_EVSE, USED_EVSE, KNOWN_EVSES, ONE_TRANSACTION)
