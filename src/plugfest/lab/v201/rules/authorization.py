"""The transaction event after an authorization: with its idToken, or with the remoteStartId of a remote start."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

_CAUSES = {
    t.TriggerReasonEnumType.CablePluggedIn: ActionKind.PLUG_IN,
    t.TriggerReasonEnumType.EVDetected: ActionKind.PARK,
}
"""What an event reports that does not follow from an authorization."""


def _judge_token_after_presentation(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for event in transaction.events:
            if event.message.trigger_reason == "Authorized" and given(event.message.id_token) is None:
                yield Violation("TransactionEventRequest.idToken with triggerReason Authorized", "omitted", event.frame)
    for action in evidence.actions_of(ActionKind.PRESENT_TOKEN):
        accepted = None if action.token is None else _accepted_authorize(evidence, action, action.token)
        if action.token is not None and accepted is not None:
            yield from _judge_first_event_with_token(evidence, action, action.token, accepted)


def _accepted_authorize(evidence: Evidence, action: OperatorAction, token: Token) -> Exchange | None:
    """The AuthorizeRequest after this presentation, if the lab accepted the token and it may start a transaction."""
    if token == evidence.settings.tokens.master_pass:
        return None
    exchange = next(
        (
            exchange
            for exchange in evidence.station_requests
            if exchange.frame >= action.frame and isinstance(exchange.request, m.AuthorizeRequest)
        ),
        None,
    )
    if exchange is None or not isinstance(exchange.response, m.AuthorizeResponse):
        return None
    assert isinstance(exchange.request, m.AuthorizeRequest)
    accepted = exchange.response.id_token_info.status == "Accepted"
    return exchange if accepted and _is_token(exchange.request.id_token, token) else None


def _is_token(id_token: t.IdTokenType | None, token: Token) -> bool:
    if id_token is None:
        return False
    return (id_token.id_token.lower(), id_token.type) == (token.id_token.lower(), token.type)


def _judge_first_event_with_token(
    evidence: Evidence, action: OperatorAction, token: Token, accepted: Exchange
) -> Iterator[Violation]:
    """Only of a transaction that the token started: not if it stopped one, or one was authorized before."""
    found = _first_event_after(evidence, action, accepted)
    if found is None or _already_authorized(*found):
        return
    _, event = found
    id_token = given(event.message.id_token)
    if event.message.trigger_reason != "StopAuthorized" and not _is_token(id_token, token):
        yield Violation(
            f"TransactionEventRequest.idToken {token.id_token} in the first event after the token was accepted",
            "omitted" if id_token is None else id_token.id_token,
            event.frame,
        )


def _first_event_after(
    evidence: Evidence, action: OperatorAction, accepted: Exchange
) -> tuple[Transaction, Event] | None:
    """The first event at the EVSE, unless the authorization had timed out or another token was presented before it."""
    since = accepted.at if accepted.answered_at is None else accepted.answered_at
    # A timestamp may be early: many stations send whole seconds.
    until = since + evidence.settings.ev_connection_timeout - evidence.settings.time_tolerance
    presentations = evidence.actions_of(ActionKind.PRESENT_TOKEN)
    later_presentations = [later.began for later in presentations if later.began > action.began]
    events = [
        (transaction, event)
        for transaction in transactions(evidence)
        for event in transaction.events
        if transaction.evse_id == action.evse_id
        and event.frame > accepted.frame
        and event_time(event) >= since
        and not _waited_for_the_answer(evidence, event, since)
    ]
    first = min(events, key=lambda found: event_time(found[1]), default=None)
    return first if first is not None and event_time(first[1]) < min([until, *later_presentations]) else None


def _waited_for_the_answer(evidence: Evidence, event: Event, since: float) -> bool:
    """Whether an event that was sent after the answer may report what has happened before it.

    One CALL is outstanding at a time, so an event may wait for the answer; the clock of the station may be ahead.
    """
    cause = _CAUSES.get(event.message.trigger_reason)
    if cause is None or event_time(event) > since + evidence.settings.time_tolerance:
        return False
    began = [action.began for action in evidence.actions_of(cause) if action.frame <= event.frame]
    return bool(began) and began[-1] <= since


def _already_authorized(transaction: Transaction, event: Event) -> bool:
    """Whether an earlier event of the transaction has an idToken."""
    earlier = (each for each in transaction.events if each.message.seq_no < event.message.seq_no)
    return any(given(each.message.id_token) is not None for each in earlier)


TOKEN_AFTER_PRESENTATION = Rule(
    "idToken in the first event after presentation", "E03.FR.01, E02.FR.01", _judge_token_after_presentation
)


def _judge_stopping_token(evidence: Evidence) -> Iterator[Violation]:
    presented = [action.frame for action in evidence.actions_of(ActionKind.PRESENT_TOKEN)]
    stopped_by_ev = [action.frame for action in evidence.actions_of(ActionKind.EV_STOP)]
    for transaction in transactions(evidence):
        for event in transaction.received:
            stopped = event.message.trigger_reason == "StopAuthorized"
            by_token = any(frame <= event.frame for frame in presented)
            by_token = by_token and not any(frame <= event.frame for frame in stopped_by_ev)  # E15
            if stopped and by_token and given(event.message.id_token) is None:
                yield Violation(
                    "TransactionEventRequest.idToken with triggerReason StopAuthorized", "omitted", event.frame
                )


STOPPING_TOKEN = Rule("idToken with StopAuthorized", "E07.FR.02", _judge_stopping_token, Level.SHOULD)


def _judge_remote_start(evidence: Evidence) -> Iterator[Violation]:
    for request, exchange in _accepted_remote_starts(evidence):
        for transaction in transactions(evidence):
            if _remote_start_id(transaction) == request.remote_start_id:
                yield from _judge_first_event_after_remote_start(transaction, request, exchange)


def _accepted_remote_starts(evidence: Evidence) -> Iterator[tuple[m.RequestStartTransactionRequest, Exchange]]:
    for exchange in evidence.lab_requests:
        response = exchange.response
        accepted = isinstance(response, m.RequestStartTransactionResponse) and response.status == "Accepted"
        if accepted and isinstance(exchange.request, m.RequestStartTransactionRequest):
            yield exchange.request, exchange


def _remote_start_id(transaction: Transaction) -> int | None:
    ids = (given(event.message.transaction_info.remote_start_id) for event in transaction.received)
    return next((id for id in ids if id is not None), None)


def _judge_first_event_after_remote_start(
    transaction: Transaction, request: m.RequestStartTransactionRequest, exchange: Exchange
) -> Iterator[Violation]:
    """Events that were on their way when the request came do not count."""
    for event in (each for each in transaction.events if each.frame > exchange.frame):
        reason, remote_start_id = event.message.trigger_reason, given(event.message.transaction_info.remote_start_id)
        if (reason, remote_start_id) == ("RemoteStart", request.remote_start_id):
            return
        if event_time(event) >= exchange.at:
            yield Violation(
                f"triggerReason RemoteStart and remoteStartId {request.remote_start_id} in the first event after the"
                " RequestStartTransactionRequest",
                f"triggerReason {reason}, remoteStartId {'omitted' if remote_start_id is None else remote_start_id}",
                event.frame,
            )
            return


REMOTE_START = Rule(
    "RemoteStart in the first event after RequestStartTransaction", "F01.FR.19, F01.FR.25", _judge_remote_start
)
