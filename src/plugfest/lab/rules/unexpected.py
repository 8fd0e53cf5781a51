"""Frames that nobody waited for: allowed where the specification lets a station speak by itself, findings elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugfest.lab.csms.csms import BadFrame
from plugfest.lab.csms.inbox import AnySeen
from plugfest.lab.dialect import Clauses
from plugfest.lab.verdict import Finding
from plugfest.ocpp.message import Request
from plugfest.ocpp.session import CallRefused, ResultInvalid

ByItself = Mapping[type[Request[Any]], Callable[[Any], bool]]
"""What a station may send at any time without having been asked."""


def judge(untaken: Iterator[AnySeen], by_itself: ByItself, clause: str) -> Iterator[Finding]:
    """A finding for each request that the case did not take and that nothing allows."""
    for seen in untaken:
        allowed = by_itself.get(type(seen.message))
        if allowed is None or not allowed(seen.message):
            yield Finding(
                requirement=clause,
                expected="no message but those of the scenario",
                actual=_name(seen.message),
                frame=seen.frame.index,
            )


def _name(message: Request[Any]) -> str:
    """With the field that tells one message of this kind from another."""
    return " ".join(
        (type(message).__name__, *(str(getattr(message, name)) for name in TELLING if hasattr(message, name)))
    )


TELLING = ("event_type", "status")


def judge_frame(bad: BadFrame, frame: int, clauses: Clauses) -> Finding:
    """A frame that OCPP-J or its schema refuses."""
    if isinstance(bad, CallRefused):
        return Finding(
            requirement=clauses.call,
            expected=f"a valid {bad.action or 'CALL'}",
            actual=f"{bad.code}: {bad.description}",
            frame=frame,
        )
    if isinstance(bad, ResultInvalid):
        return Finding(
            requirement=clauses.result,
            expected=f"a valid answer to {bad.request.action}",
            actual=str(bad.error),
            frame=frame,
        )
    return Finding(requirement=clauses.frame, expected="an OCPP-J message", actual=bad.reason, frame=frame)
