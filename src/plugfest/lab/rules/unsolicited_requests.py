"""Requests that the case did not expect: allowed where a station may send them unsolicited, findings otherwise."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.ports import Clauses
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.verdict import Finding, Level
from plugfest.ocpp.message import Request

UnsolicitedRequests = Mapping[type[Request[Any]], Callable[[Any], bool]]
"""The requests that a station may send at any time: the type, and which requests of this type."""

RECONNECTING_REQUESTS: Final = frozenset(
    {
        "Reset",
        "SetVariables",
        "SetNetworkProfile",
        "ChangeConfiguration",
        "CertificateSigned",
        "InstallCertificate",
        "DeleteCertificate",
        "UpdateFirmware",
        "SignedUpdateFirmware",
    }
)
"""The requests after which a station may disconnect and connect again."""

INTERRUPTIONS: Final = (ActionKind.NETWORK_DOWN, ActionKind.POWER_OFF)

DISTINGUISHING_FIELDS = ("event_type", "status")
"""Fields that a finding shows, because requests of one type differ in them."""


def judge(
    unconsumed: Iterable[AnyReceived], allowed: UnsolicitedRequests, clauses: Clauses, evidence: Evidence
) -> Iterator[Finding]:
    """A finding for each request that the case has not consumed and that is not allowed at any time."""
    for received in unconsumed:
        if received.message.action == "BootNotification" and _follows_expected_reconnection(
            evidence, received.frame.index
        ):
            yield _registered_again(received, clauses)
            continue
        is_allowed = allowed.get(type(received.message))
        if is_allowed is None or not is_allowed(received.message):
            yield Finding(
                requirement=clauses.scenario,
                expected="no request except those of the scenario and those allowed at any time",
                actual=_name(received.message),
                step="every case: no unsolicited requests",
                frame=received.frame.index,
            )


def _registered_again(received: AnyReceived, clauses: Clauses) -> Finding:
    return Finding(
        requirement=clauses.reconnection,
        expected="no BootNotificationRequest after a reconnection, since nothing in it has changed",
        actual="sent",
        step="every case: no unsolicited requests",
        frame=received.frame.index,
        level=Level.SHOULD,
    )


def _name(message: Request[Any]) -> str:
    """The type of the request and its distinguishing fields."""
    fields = (str(getattr(message, name)) for name in DISTINGUISHING_FIELDS if hasattr(message, name))
    return " ".join((type(message).__name__, *fields))


def _follows_expected_reconnection(evidence: Evidence, frame: int) -> bool:
    """Whether the connection of this frame replaced one that the station had a reason to end, or that it lost."""
    periods = [period for period in evidence.connection_periods if period.first_frame <= frame]
    if len(periods) < 2:
        return False
    before, now = periods[-2], periods[-1]
    interrupted = any(action.began <= now.began for action in evidence.actions_of(*INTERRUPTIONS))
    requested = any(
        each.action in RECONNECTING_REQUESTS and before.began <= each.at <= now.began for each in evidence.lab_requests
    )
    return before.ended_by_lab or interrupted or requested
