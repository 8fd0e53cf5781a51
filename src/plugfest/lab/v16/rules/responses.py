"""Responses of OCPP 1.6 that agree with their requests, and requests that follow from a response."""

from collections.abc import Iterator
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registration import triggered
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.rules.registration import PROGRESS, UPDATES
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

PRESENT = ActionKind.PRESENT_TOKEN

BEFORE_CASE = -1
"""A frame before the first one of a case."""

LIST_ENABLED = "localauthlistenabled"

NO_ENTRIES = 0
"""The version of an empty list (5.10)."""

FINAL = frozenset(
    {
        *("Installed", "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"),
        *("Uploaded", "UploadFailed", "UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation"),
    }
)
"""The statuses with which an operation ends."""


def _judge_composite_schedule(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetCompositeScheduleRequest):
            continue
        if isinstance(response, m.GetCompositeScheduleResponse) and response.status == "Accepted":
            connector_id, schedule = given(response.connector_id), given(response.charging_schedule)
            unit = given(request.charging_rate_unit)
            if connector_id not in (None, request.connector_id):
                expected = f"GetCompositeScheduleResponse.connectorId {request.connector_id}, as requested"
                yield Violation(expected, str(connector_id), exchange.answered_in)
            if schedule is not None and unit not in (None, schedule.charging_rate_unit):
                expected = f"chargingSchedule.chargingRateUnit {unit}, as requested"
                yield Violation(expected, schedule.charging_rate_unit, exchange.answered_in)
            for period in schedule.charging_schedule_period if schedule is not None else ():
                if given(period.number_phases) not in (None, *PHASES):
                    expected = "chargingSchedulePeriod.numberPhases from 1 to 3"
                    yield Violation(expected, str(period.number_phases), exchange.answered_in)


PHASES = range(1, 4)
"""The numbers of phases that can be used for charging (7.14)."""


COMPOSITE_SCHEDULE = Rule("composite schedule as requested", "sections 5.7 and 6.22", _judge_composite_schedule)


def _judge_triggered(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        accepted = getattr(exchange.response, "status", None) == "Accepted"
        actions = frozenset() if exchange.request is None else triggered(exchange.request)
        if accepted and actions and exchange.answered_in is not None:
            yield from _sent_too_early(evidence, exchange, exchange.answered_in, actions)


def _sent_too_early(
    evidence: Evidence, trigger: Exchange, answered_in: int, actions: frozenset[str]
) -> Iterator[Violation]:
    """The requested message came between trigger and response, and not after the response."""
    tolerance = evidence.settings.time_tolerance
    sent = [each for each in evidence.station_requests if each.action in actions and each.frame > trigger.frame]
    early = [each for each in sent if each.frame < answered_in]
    later = [each for each in sent if each.frame > answered_in and each.at <= trigger.at + tolerance]
    if early and not later:
        yield Violation(
            f"{early[0].action}Request after {trigger.action}Response", "before the response", early[0].frame
        )


TRIGGERED = Rule("triggered message after the response", "section 5.17", _judge_triggered)


IDLE = "Idle"
"""The status of a notification without an operation: it was triggered (4.4, 4.5)."""


def _judge_progress(evidence: Evidence) -> Iterator[Violation]:
    """Only the first request of each kind: later, the progress may be that of an earlier operation."""
    judged = set[str]()
    for exchange in evidence.lab_requests:
        action = PROGRESS.get(type(exchange.request)) if exchange.request is not None else None
        if action is None or action in judged:
            continue
        judged.add(action)
        for sent in evidence.station_requests:
            before_response = exchange.answered_in is not None and exchange.frame < sent.frame < exchange.answered_in
            if before_response and sent.action == action and getattr(sent.request, "status", IDLE) != IDLE:
                expected = f"{action}Request after {exchange.action}Response"
                yield Violation(expected, "before the response", sent.frame)


PROGRESS_AFTER_RESPONSE = Rule("progress after the response", "sections 5.9 and 5.19", _judge_progress)


def _judge_end_of_progress(evidence: Evidence) -> Iterator[Violation]:
    """Only of an operation without retries, if the lab has requested no other one of the kind."""
    for kind, action in PROGRESS.items():
        requests = [each for each in evidence.lab_requests if isinstance(each.request, kind)]
        if len(requests) != 1 or getattr(requests[0].request, "retries", None) != 0:
            continue
        ended: str | None = None
        for sent in evidence.station_requests:
            status = str(getattr(sent.request, "status", IDLE))
            if sent.action != action or sent.frame < requests[0].frame or status == IDLE:
                continue
            if ended is not None and status not in FINAL:
                expected = f"{action}Request with no further status after {ended}, which is the last one"
                yield Violation(expected, status, sent.frame)
            ended = status if status in FINAL else ended


END_OF_PROGRESS = Rule("progress until the last status", "sections 4.4 and 4.5", _judge_end_of_progress)


def _is_started(request: Request[Any], message: Request[Any]) -> bool:
    if not isinstance(request, m.RemoteStartTransactionRequest):
        return False
    if not isinstance(message, m.AuthorizeRequest | m.StartTransactionRequest):
        return False
    return message.id_tag.lower() == request.id_tag.lower()


def _is_stopped(request: Request[Any], message: Request[Any]) -> bool:
    if not isinstance(request, m.RemoteStopTransactionRequest) or not isinstance(message, m.StopTransactionRequest):
        return False
    return message.transaction_id == request.transaction_id and given(message.reason) == "Remote"


def _judge_consequences(evidence: Evidence) -> Iterator[Violation]:
    presented = {action.token.id_token.lower() for action in evidence.actions_of(PRESENT) if action.token is not None}
    for exchange in evidence.lab_requests:
        id_tag = getattr(exchange.request, "id_tag", "").lower()
        if exchange.answered_in is None or id_tag in presented:
            continue
        for sent in evidence.station_requests:
            if exchange.frame < sent.frame < exchange.answered_in and _follows_from(exchange.request, sent.request):
                expected = f"{sent.action}Request after {exchange.action}Response"
                yield Violation(expected, "before the response", sent.frame)


def _follows_from(request: Request[Any] | None, message: Request[Any] | None) -> bool:
    if request is None or message is None:
        return False
    return _is_started(request, message) or _is_stopped(request, message)


REMOTE_AFTER_RESPONSE = Rule("remote start and stop after the response", "sections 5.11 and 5.12", _judge_consequences)


def local_list_version() -> Rule:
    """The rule for one campaign: the version of the list is that of the last one that the station has accepted."""
    allowed: tuple[int, ...] = ()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        nonlocal allowed
        previous = BEFORE_CASE
        for exchange in evidence.lab_requests:
            response = exchange.response
            allowed = () if evidence.commissioned(previous, exchange) else allowed
            previous = exchange.frame
            if isinstance(response, m.GetLocalListVersionResponse):
                version = response.list_version
                if allowed and version not in allowed:
                    expected = f"GetLocalListVersionResponse.listVersion {allowed[0]}, as no other list was accepted"
                    yield Violation(expected, str(version), exchange.answered_in)
                allowed = (version,)
            else:
                allowed = _versions_after(exchange, allowed)

    return Rule("version of the local list", "section 5.10", judge)


def _versions_after(exchange: Exchange, before: tuple[int, ...]) -> tuple[int, ...]:
    """The versions that the list may have after the exchange; empty if they are unknown."""
    request, response = exchange.request, exchange.response
    if isinstance(request, m.SendLocalListRequest):
        if isinstance(response, m.SendLocalListResponse) and response.status == "Accepted":
            return (request.list_version, NO_ENTRIES)
        return () if response is None else before
    is_switch = isinstance(request, m.ChangeConfigurationRequest) and request.key.lower() == LIST_ENABLED
    return () if is_switch or isinstance(request, UPDATES) else before
