"""Once it is known who charges, the next event says who."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.transactions import Event, Transaction, happened, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def _judge_token_after_presentation(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        for event in transaction.events:
            if event.message.trigger_reason == "Authorized" and given(event.message.id_token) is None:
                yield Breach("TransactionEventRequest.idToken with triggerReason Authorized", "omitted", event.frame)
    for action in evidence.done(ActionKind.PRESENT_TOKEN):
        accepted = None if action.token is None else _accepted_authorize(evidence, action, action.token)
        if action.token is not None and accepted is not None:
            yield from _judge_first_event_after_token(evidence, action, action.token, accepted)


def _accepted_authorize(evidence: Evidence, action: OperatorAction, token: Token) -> Exchange | None:
    """The AuthorizeRequest that this presentation set off, if the lab accepted the token as one to charge with."""
    if token == evidence.settings.tokens.master_pass:
        return None
    asked = (one for one in evidence.said if one.frame >= action.frame and isinstance(one.request, m.AuthorizeRequest))
    one = next(asked, None)
    if one is None or not isinstance(one.response, m.AuthorizeResponse):
        return None
    assert isinstance(one.request, m.AuthorizeRequest)
    return one if _is_token(one.request.id_token, token) and one.response.id_token_info.status == "Accepted" else None


def _is_token(told: t.IdTokenType | None, token: Token) -> bool:
    return told is not None and (told.id_token, told.type) == (token.id_token, token.type)


def _judge_first_event_after_token(
    evidence: Evidence, action: OperatorAction, token: Token, accepted: Exchange
) -> Iterator[Breach]:
    """Of whatever the token began: neither what it stops, nor what somebody else had begun before."""
    found = _first_event_after(evidence, action, accepted)
    if found is None or _named_token_before(*found):
        return
    _, event = found
    told = given(event.message.id_token)
    if event.message.trigger_reason != "StopAuthorized" and not _is_token(told, token):
        yield Breach(
            f"TransactionEventRequest.idToken {token.id_token} in the first event after it was presented",
            "omitted" if told is None else told.id_token,
            event.frame,
        )


def _first_event_after(
    evidence: Evidence, action: OperatorAction, accepted: Exchange
) -> tuple[Transaction, Event] | None:
    """The first event at the EVSE, if it came before the authorization timed out or somebody else came."""
    since = accepted.at if accepted.answered_at is None else accepted.answered_at
    # A timestamp may be early: many stations tell whole seconds.
    until = since + evidence.settings.ev_connection_timeout - evidence.settings.time_tolerance
    others = [other.began for other in evidence.done(ActionKind.PRESENT_TOKEN) if other.began > action.began]
    events = [
        (transaction, event)
        for transaction in transactions(evidence)
        for event in transaction.events
        if transaction.evse_id == action.evse_id and event.frame > accepted.frame and happened(event) >= since
    ]
    first = min(events, key=lambda found: happened(found[1]), default=None)
    return first if first is not None and happened(first[1]) < min([until, *others]) else None


def _named_token_before(transaction: Transaction, event: Event) -> bool:
    before = (each for each in transaction.events if each.message.seq_no < event.message.seq_no)
    return any(given(each.message.id_token) is not None for each in before)


TOKEN_AFTER_PRESENTATION = Rule(
    "idToken in the first event after presentation", "E03.FR.01, E02.FR.01", _judge_token_after_presentation
)


def _judge_stopping_token(evidence: Evidence) -> Iterator[Breach]:
    presented = [action.frame for action in evidence.done(ActionKind.PRESENT_TOKEN)]
    for transaction in transactions(evidence):
        for event in transaction.sent:
            stopped = event.message.trigger_reason == "StopAuthorized"
            by_token = any(frame <= event.frame for frame in presented)
            if stopped and by_token and given(event.message.id_token) is None:
                yield Breach(
                    "TransactionEventRequest.idToken with triggerReason StopAuthorized", "omitted", event.frame
                )


STOPPING_TOKEN = Rule("idToken of a stop", "E07.FR.02", _judge_stopping_token, Level.SHOULD)


def _accepted_remote_starts(evidence: Evidence) -> Iterator[tuple[m.RequestStartTransactionRequest, Exchange]]:
    for one in evidence.asked:
        started = isinstance(one.response, m.RequestStartTransactionResponse) and one.response.status == "Accepted"
        if started and isinstance(one.request, m.RequestStartTransactionRequest):
            yield one.request, one


def _judge_remote_start(evidence: Evidence) -> Iterator[Breach]:
    for request, asked in _accepted_remote_starts(evidence):
        for transaction in transactions(evidence):
            if _remote_start_id(transaction) == request.remote_start_id:
                yield from _judge_first_event_after_remote_start(transaction, request, asked)


def _remote_start_id(transaction: Transaction) -> int | None:
    ids = (given(event.message.transaction_info.remote_start_id) for event in transaction.sent)
    return next((id for id in ids if id is not None), None)


def _judge_first_event_after_remote_start(
    transaction: Transaction, request: m.RequestStartTransactionRequest, asked: Exchange
) -> Iterator[Breach]:
    event = next((each for each in transaction.events if each.frame > asked.frame), None)
    if event is not None and not _names_remote_start(event, request):
        yield Breach(
            f"triggerReason RemoteStart and remoteStartId {request.remote_start_id} in the first event after the"
            " RequestStartTransactionRequest",
            f"{event.message.trigger_reason}, {given(event.message.transaction_info.remote_start_id) or 'omitted'}",
            event.frame,
        )


def _names_remote_start(event: Event, request: m.RequestStartTransactionRequest) -> bool:
    told = given(event.message.transaction_info.remote_start_id)
    return event.message.trigger_reason == "RemoteStart" and told == request.remote_start_id


REMOTE_START = Rule(
    "RemoteStart in the first event after RequestStartTransaction", "F01.FR.19, F01.FR.25", _judge_remote_start
)
