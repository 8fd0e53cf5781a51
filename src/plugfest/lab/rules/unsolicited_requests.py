"""Requests that the case did not expect: allowed where a station may send them unsolicited, findings otherwise."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.verdict import Finding
from plugfest.ocpp.message import Request

UnsolicitedRequests = Mapping[type[Request[Any]], Callable[[Any], bool]]
"""The requests that a station may send at any time: the type, and which requests of this type."""

DISTINGUISHING_FIELDS = ("event_type", "status")
"""Fields that a finding shows, because requests of one type differ in them."""


def judge(unconsumed: Iterable[AnyReceived], allowed: UnsolicitedRequests, clause: str) -> Iterator[Finding]:
    """A finding for each request that the case has not consumed and that is not allowed at any time."""
    for received in unconsumed:
        is_allowed = allowed.get(type(received.message))
        if is_allowed is None or not is_allowed(received.message):
            yield Finding(
                requirement=clause,
                expected="no request except those of the scenario and those allowed at any time",
                actual=_name(received.message),
                step="every case: no unsolicited requests",
                frame=received.frame.index,
            )


def _name(message: Request[Any]) -> str:
    """The type of the request and its distinguishing fields."""
    fields = (str(getattr(message, name)) for name in DISTINGUISHING_FIELDS if hasattr(message, name))
    return " ".join((type(message).__name__, *fields))
