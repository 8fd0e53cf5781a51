"""Every status of a firmware update or upload has the requestId of the request that started it."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201

StartRequest = (
    type[v16.SignedUpdateFirmwareRequest]
    | type[v16.GetLogRequest]
    | type[v201.UpdateFirmwareRequest]
    | type[v201.GetLogRequest]
)
StatusNotification = (
    v16.SignedFirmwareStatusNotificationRequest
    | v16.LogStatusNotificationRequest
    | v201.FirmwareStatusNotificationRequest
    | v201.LogStatusNotificationRequest
)

IDLE = "Idle"
"""The status of a station without an update or upload, and so without a requestId."""

CANCELED = "AcceptedCanceled"
"""The last status of an upload that was replaced by a newer one."""


def request_ids(operation: str, clause: str, start: StartRequest, status: type[StatusNotification]) -> Rule:
    """`start` starts the operation ("firmware", "log"), `status` reports its progress."""
    return Rule(f"requestId in every {operation} status", clause, _RequestIds(start, status).judge)


class _RequestIds:
    """Follows the operations of one kind through a campaign."""

    def __init__(self, start: StartRequest, status: type[StatusNotification]) -> None:
        self._start = start
        self._status = status
        self._newest: int | None = None
        self._older: int | None = None  # may still be reported until a status of the newest one was sent
        self._foreign: int | None = None  # of an operation from the time before the lab

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        for exchange in evidence.exchanges:
            if isinstance(exchange.request, self._start) and _may_have_started(exchange):
                self._older, self._newest = self._newest, exchange.request.request_id
            elif isinstance(exchange.request, self._status):
                if self._newest is None and self._foreign is None and not evidence.began_idle:
                    self._foreign = given(exchange.request.request_id)
                yield from self._judge_status(exchange.request, exchange.frame)

    def _judge_status(self, request: StatusNotification, frame: int) -> Iterator[Violation]:
        request_id = given(request.request_id)
        if request_id is None and request.status == IDLE:
            return
        if request_id is None or request_id not in (self._newest, self._older, self._foreign):
            yield Violation(
                self._expected(request), "omitted" if request_id is None else f"requestId {request_id}", frame
            )
        elif request_id == self._newest and request.status != CANCELED:
            self._older = None

    def _expected(self, request: StatusNotification) -> str:
        if self._newest is None:
            return f"no {request.action}Request with status {request.status}: the lab has started no such operation"
        return f"{request.action}Request.requestId {self._newest} with status {request.status}"


def _may_have_started(exchange: Exchange) -> bool:
    """Whether the station accepted the request, or may have accepted it without an answer."""
    return exchange.response is None or str(getattr(exchange.response, "status", "")).startswith("Accepted")
