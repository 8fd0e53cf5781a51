"""Frames that nobody waited for: allowed where the specification lets a station speak by itself, findings elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.verdict import Finding
from plugfest.ocpp.message import Request

ByItself = Mapping[type[Request[Any]], Callable[[Any], bool]]
"""What a station may send at any time without having been asked."""

STEP = "every case: nothing unexpected on the wire"


def judge(untaken: Iterator[AnyReceived], by_itself: ByItself, clause: str) -> Iterator[Finding]:
    """A finding for each request that the case did not take and that nothing allows."""
    for seen in untaken:
        allowed = by_itself.get(type(seen.message))
        if allowed is None or not allowed(seen.message):
            yield Finding(
                requirement=clause,
                expected="no message but those of the scenario",
                actual=_name(seen.message),
                step=STEP,
                frame=seen.frame.index,
            )


def _name(message: Request[Any]) -> str:
    """With the field that tells one message of this kind from another."""
    return " ".join(
        (type(message).__name__, *(str(getattr(message, name)) for name in TELLING if hasattr(message, name)))
    )


TELLING = ("event_type", "status")
