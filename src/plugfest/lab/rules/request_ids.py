"""Every status of a firmware update and of an upload names the request that began it."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201

Begun = (
    type[v16.SignedUpdateFirmwareRequest]
    | type[v16.GetLogRequest]
    | type[v201.UpdateFirmwareRequest]
    | type[v201.GetLogRequest]
)
Told = (
    v16.SignedFirmwareStatusNotificationRequest
    | v16.LogStatusNotificationRequest
    | v201.FirmwareStatusNotificationRequest
    | v201.LogStatusNotificationRequest
)

IDLE = "Idle"
"""The status of a station that has no such work to do, and so no request to name."""

CANCELED = "AcceptedCanceled"
"""The last status of an upload that a newer one took the place of."""


class _RequestIds:
    """Follows one kind of work through a campaign."""

    def __init__(self, begun: Begun, told_by: type[Told]) -> None:
        self._begun = begun
        self._told_by = told_by
        self._newest: int | None = None
        self._older: int | None = None  # until the newest was told of, somebody may still speak of this one

    def judge(self, evidence: Evidence) -> Iterator[Breach]:
        for one in evidence.exchanges:
            if isinstance(one.request, self._begun) and _was_taken(one):
                self._older, self._newest = self._newest, one.request.request_id
            elif isinstance(one.request, self._told_by):
                yield from self._told(one.request, one.frame)

    def _told(self, request: Told, frame: int) -> Iterator[Breach]:
        told = given(request.request_id)
        if told is None and request.status == IDLE:
            return
        if told is None or told not in (self._newest, self._older):
            wanted = "none, for nothing was begun" if self._newest is None else self._newest
            yield Breach(
                f"requestId {wanted} in {request.action}Request {request.status}",
                "omitted" if told is None else str(told),
                frame,
            )
        elif told == self._newest and request.status != CANCELED:
            self._older = None


def _was_taken(one: Exchange) -> bool:
    """Whether the station began the work, or did not live to say so."""
    return one.response is None or str(getattr(one.response, "status", "")).startswith("Accepted")


def request_ids(what: str, clause: str, begun: Begun, told_by: type[Told]) -> Rule:
    """The requestId of the request that began it, in everything that tells of it."""
    return Rule(f"requestId on every {what} status", clause, _RequestIds(begun, told_by).judge)
