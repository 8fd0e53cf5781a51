"""The order of messages that Part 6 does not free: first the authorization, then what it allows; first the answer."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.transactions import Event, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

# The authorization


class Authorization(NamedTuple):
    """The first authorization of a case: a token that the station does not know, and the request for it."""

    action: OperatorAction
    token: Token
    exchange: Exchange


def _judge_authorization(evidence: Evidence) -> Iterator[Violation]:
    authorization = _first_authorization(evidence)
    if authorization is None:
        return
    answered = authorization.exchange.answered_in
    for transaction in transactions(evidence):
        for event in transaction.received:
            too_early = authorization.action.frame <= event.frame and (answered is None or event.frame < answered)
            claim = _claim(event, authorization.token)
            if too_early and claim is not None and event.message.offline is not True:
                yield Violation(
                    f"TransactionEventRequest with {claim} only after the AuthorizeResponse",
                    "sent before the AuthorizeResponse",
                    event.frame,
                )


def _first_authorization(evidence: Evidence) -> Authorization | None:
    """None if the case begins with another authorization, or the station may know the token without a request."""
    presentations = list(evidence.actions_of(ActionKind.PRESENT_TOKEN))
    action = presentations[0] if presentations else None
    if action is None or action.token is None or _may_be_known(evidence, action.token):
        return None
    for exchange in evidence.exchanges:
        if any(later.frame <= exchange.frame for later in presentations[1:]):
            return None
        if exchange.frame < action.frame and isinstance(exchange.request, m.RequestStartTransactionRequest):
            return None
        if exchange.frame >= action.frame and isinstance(exchange.request, m.AuthorizeRequest):
            is_token = exchange.request.id_token.id_token.lower() == action.token.id_token.lower()
            return Authorization(action, action.token, exchange) if is_token else None
    return None


def _may_be_known(evidence: Evidence, token: Token) -> bool:
    """Whether the local authorization list of the case has the token, or no authorization may be required."""
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.SendLocalListRequest):
            entries = given(request.local_authorization_list) or ()
            if any(each.id_token.id_token.lower() == token.id_token.lower() for each in entries):
                return True
    return token.type in ("NoAuthorization", "Central")


def _claim(event: Event, token: Token) -> str | None:
    """What in an event claims that the driver is authorized, in words."""
    id_token, state = given(event.message.id_token), given(event.message.transaction_info.charging_state)
    if event.message.trigger_reason == "Authorized" and (
        id_token is None or id_token.id_token.lower() == token.id_token.lower()
    ):
        return "triggerReason Authorized"
    return f"chargingState {state}" if state in ("Charging", "SuspendedEV") else None


AUTHORIZE_FIRST = Rule("the AuthorizeRequest before what it allows", "C01.FR.02, E03.FR.01", _judge_authorization)


# The answers


IDLE = "Idle"

STATUS_TRIGGERS = {
    m.FirmwareStatusNotificationRequest: "FirmwareStatusNotification",
    m.LogStatusNotificationRequest: "LogStatusNotification",
}

ANSWERED_FIRST: dict[type[Request[Any]], tuple[type[Request[Any]], ...]] = {
    m.NotifyReportRequest: (m.GetBaseReportRequest, m.GetReportRequest),
    m.NotifyMonitoringReportRequest: (m.GetMonitoringReportRequest,),
    m.NotifyCustomerInformationRequest: (m.CustomerInformationRequest,),
    m.ReportChargingProfilesRequest: (m.GetChargingProfilesRequest,),
    m.NotifyDisplayMessagesRequest: (m.GetDisplayMessagesRequest,),
    m.LogStatusNotificationRequest: (m.GetLogRequest,),
    m.FirmwareStatusNotificationRequest: (m.UpdateFirmwareRequest,),
}
"""The requests with a requestId of the lab, and the lab's requests that have assigned it."""


def _judge_answers(evidence: Evidence) -> Iterator[Violation]:
    asked: dict[tuple[str, int], Exchange] = {}  # the first request with each requestId
    for exchange in evidence.exchanges:
        request_id = given(getattr(exchange.request, "request_id", None))
        if exchange.request is None or not isinstance(request_id, int):
            continue
        if exchange.by is Direction.FROM_LAB:
            asked.setdefault((exchange.action, request_id), exchange)
            continue
        for kind in ANSWERED_FIRST.get(type(exchange.request), ()):
            cause = asked.get((kind.action, request_id))
            if cause is not None and cause.answered_in is not None and exchange.frame < cause.answered_in:
                yield Violation(
                    f"{exchange.action}Request after {cause.action}Response",
                    f"{exchange.action}Request with requestId {request_id} before it",
                    exchange.frame,
                )


ANSWER_FIRST = Rule("the answer before what it announces", "Part 6 section 2.1, B07.FR.03", _judge_answers)


def _judge_triggered(evidence: Evidence) -> Iterator[Violation]:
    """Messages that are marked as triggered: only after the response to the TriggerMessageRequest."""
    for exchange in evidence.station_requests:
        wanted = _trigger_of(exchange.request)
        if wanted is None:
            continue
        triggers = [each for each in evidence.lab_requests if _triggers(each, wanted)]
        if not triggers and not evidence.began_idle:
            continue
        if not any(each.answered_in is None or each.answered_in < exchange.frame for each in triggers):
            yield Violation(
                f"a triggered {exchange.action}Request only after a TriggerMessageResponse",
                "sent before a TriggerMessageResponse" if triggers else "no TriggerMessageRequest",
                exchange.frame,
            )


def _time_of(exchange: Exchange) -> float:
    """When a triggered message was made; transaction events may have been queued since."""
    timestamp = getattr(exchange.request, "timestamp", None)
    return exchange.loop_time(timestamp) if isinstance(timestamp, datetime) else exchange.at


def _trigger_of(request: Request[Any] | None) -> tuple[str, ...] | None:
    """The messages that a TriggerMessage may have requested if this request is marked as triggered."""
    match request:
        case m.TransactionEventRequest(trigger_reason=t.TriggerReasonEnumType.Trigger):
            return "TransactionEvent", "MeterValues"
        case m.BootNotificationRequest(reason=t.BootReasonEnumType.Triggered):
            return ("BootNotification",)
        case m.FirmwareStatusNotificationRequest() | m.LogStatusNotificationRequest() if request.status == IDLE:
            return (STATUS_TRIGGERS[type(request)],)
        case m.MeterValuesRequest() if any(
            given(sample.context) == "Trigger" for value in request.meter_value for sample in value.sampled_value
        ):
            return "MeterValues", "TransactionEvent"
    return None


def _triggers(exchange: Exchange, wanted: tuple[str, ...]) -> bool:
    request = exchange.request
    return isinstance(request, m.TriggerMessageRequest) and request.requested_message in wanted


TRIGGERED_AFTER_ANSWER = Rule("the response before the triggered message", "F06.FR.04", _judge_triggered)

# The effects


EFFECTS: dict[type[Request[Any]], Callable[[Request[Any]], bool]] = {
    m.RequestStartTransactionRequest: lambda request: _has_trigger(request, "RemoteStart"),
    m.RequestStopTransactionRequest: lambda request: _has_trigger(request, "RemoteStop"),
    m.UnlockConnectorRequest: lambda request: _has_trigger(request, "UnlockCommand"),
    m.ResetRequest: lambda request: (
        _has_trigger(request, "ResetCommand") or isinstance(request, m.BootNotificationRequest)
    ),
    m.ChangeAvailabilityRequest: lambda request: (
        isinstance(request, m.StatusNotificationRequest) and request.connector_status in ("Available", "Unavailable")
    ),
    m.TriggerMessageRequest: lambda request: isinstance(request, m.SignCertificateRequest),
}
"""What follows from a request of the lab."""


def _has_trigger(request: Request[Any], reason: str) -> bool:
    return isinstance(request, m.TransactionEventRequest) and request.trigger_reason == reason


def _judge_effects(evidence: Evidence) -> Iterator[Violation]:
    """Only the first request of each kind: later, an effect may be that of an earlier one."""
    judged: set[str] = set()
    for cause in evidence.lab_requests:
        is_effect = EFFECTS.get(type(cause.request)) if cause.request is not None else None
        if is_effect is None or cause.answered_in is None or cause.action in judged:
            continue
        judged.add(cause.action)
        for exchange in evidence.station_requests:
            too_early = cause.frame < exchange.frame < cause.answered_in
            if too_early and exchange.request is not None and is_effect(exchange.request):
                yield Violation(
                    f"{cause.action}Response before the {exchange.action}Request that follows from it",
                    f"{exchange.action}Request before it",
                    exchange.frame,
                )


# The sequences of Part 2 show the response first; no requirement states it.
ANSWER_BEFORE_EFFECT = Rule(
    "the answer before its effect", "Part 2 F01, F03, B11, B12, G03, G04", _judge_effects, Level.SHOULD
)

ORDER_RULES = (AUTHORIZE_FIRST, ANSWER_FIRST, TRIGGERED_AFTER_ANSWER, ANSWER_BEFORE_EFFECT)
