"""The alternatives that a step of a scenario accepts, each a request type and its checks."""

from typing import Any

import msgspec

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.csms.last_requests import LastRequests, closes
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

    def __init__(self, alternatives: tuple[Alternative, ...], last_requests: LastRequests) -> None:
        self._alternatives = alternatives
        self._last_requests = last_requests
        self._compared: dict[int, list[ComparedRequest]] = {}
        self._closed: dict[int, AnyReceived] = {}  # by alternative, the request after which it cannot come

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

    def closed_by(self, request: AnyReceived) -> bool:
        """Whether, after a request that does not match, no alternative can come any more."""
        for number, (kind, checks) in enumerate(self._alternatives):
            if closes(self._last_requests, request.message, kind, checks):
                self._closed.setdefault(number, request)
        return self._all_closed

    def matched(self, request: AnyReceived) -> ComparedRequest:
        """The comparison with the first alternative that the request matches."""
        return next(one for one in self._compared[request.number] if one.comparison.matches)

    def nearest(self, *, since: int) -> ComparedRequest | None:
        """The compared request with the fewest differences, of those from a position on that are not consumed.

        If no alternative could come any more, it is one of the requests that show this.
        """
        every = [
            one
            for number, compared in self._compared.items()
            for one in compared
            if number >= since and not one.request.consumed
        ]
        closing = {request.number for request in self._closed.values()}
        decisive = [one for one in every if one.request.number in closing] if self._all_closed else []
        return min(decisive or every, key=lambda one: len(one.comparison.differences), default=None)

    @property
    def _all_closed(self) -> bool:
        return len(self._closed) == len(self._alternatives)
