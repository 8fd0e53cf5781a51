"""Frames that nobody waited for: allowed where the specification lets a station speak by itself, findings elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

from plugfest.lab.csms.csms import BadFrame
from plugfest.lab.csms.inbox import AnySeen
from plugfest.lab.verdict import Finding
from plugfest.ocpp.message import Request
from plugfest.ocpp.session import CallRefused, ResultInvalid
from plugfest.ocpp.v201 import messages as m

BY_ITSELF: dict[type[Request[Any]], Callable[[Any], bool]] = {
    m.HeartbeatRequest: lambda _: True,  # G02
    m.StatusNotificationRequest: lambda _: True,  # G01
    m.NotifyEventRequest: lambda _: True,  # N07
    m.MeterValuesRequest: lambda _: True,  # J01: its own configuration decides
    m.SecurityEventNotificationRequest: lambda _: True,  # A04
    m.TransactionEventRequest: lambda event: event.event_type == "Updated",  # E02.FR.10: samples, charging states
}
"""What a station may send at any time without having been asked."""


def judge(untaken: Iterator[AnySeen]) -> Iterator[Finding]:
    """A finding for each request that the case did not take and that nothing allows."""
    for seen in untaken:
        allowed = BY_ITSELF.get(type(seen.message))
        if allowed is None or not allowed(seen.message):
            yield Finding(
                requirement="Part 6 section 1.2",
                expected="no message but those of the scenario",
                actual=_name(seen.message),
                frame=seen.frame.index,
            )


def _name(message: Request[Any]) -> str:
    kind = type(message).__name__
    return f"{kind} {message.event_type}" if isinstance(message, m.TransactionEventRequest) else kind


def judge_frame(bad: BadFrame, frame: int) -> Finding:
    """A frame that OCPP-J or its schema refuses."""
    if isinstance(bad, CallRefused):
        return Finding(
            requirement="Part 4 section 4.3",
            expected=f"a valid {bad.action or 'CALL'}",
            actual=f"{bad.code}: {bad.description}",
            frame=frame,
        )
    if isinstance(bad, ResultInvalid):
        return Finding(
            requirement="Part 4 section 4.2.2",
            expected=f"a valid answer to {bad.request.action}",
            actual=str(bad.error),
            frame=frame,
        )
    return Finding(requirement="Part 4 section 4.1", expected="an OCPP-J message", actual=bad.reason, frame=frame)
