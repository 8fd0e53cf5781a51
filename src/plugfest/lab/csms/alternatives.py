"""The alternatives that a step of a scenario accepts, each a request type and its checks."""

from typing import Any

import msgspec

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import Comparison, differences
from plugfest.ocpp.message import Request

Alternative = tuple[type[Request[Any]], dict[str, object]]
"""A request type, and checks by field name."""


class ComparedRequest(msgspec.Struct, frozen=True):
    """A request of the station, compared with the alternative of its type."""

    request: AnyReceived
    checks: dict[str, object]
    comparison: Comparison


class Alternatives:
    """Compares every request once, when it arrives: checks may depend on the time."""

    def __init__(self, alternatives: tuple[Alternative, ...]) -> None:
        self._alternatives = alternatives
        self._compared: dict[int, list[ComparedRequest]] = {}

    def match(self, request: AnyReceived) -> bool:
        """Whether a request matches an alternative. Its comparisons are kept."""
        compared = [
            ComparedRequest(request, checks, differences(request.message, checks))
            for kind, checks in self._alternatives
            if isinstance(request.message, kind)
        ]
        if compared:
            self._compared[request.number] = compared
        return any(one.comparison.matches for one in compared)

    def matched(self, request: AnyReceived) -> ComparedRequest:
        """The comparison with the first alternative that the request matches."""
        return next(one for one in self._compared[request.number] if one.comparison.matches)

    def nearest(self, *, since: int) -> ComparedRequest | None:
        """The compared request with the fewest differences, of those from a position on that are not consumed."""
        every = [
            one
            for number, compared in self._compared.items()
            for one in compared
            if number >= since and not one.request.consumed
        ]
        return min(every, key=lambda one: len(one.comparison.differences), default=None)
