"""Requests after which no other one of their type can come about the same subject: a wait for one ends early."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from plugfest.lab.expectations import Comparison, compare_value
from plugfest.ocpp.message import Request

Checks = Mapping[str, object]


class LastRequest(msgspec.Struct, frozen=True):
    """When a request of its type is the last one of its subject.

    `concerns`: whether a step that expects a request with these checks expects one of the same subject.
    """

    is_last: Callable[[Any], bool]
    concerns: Callable[[Any, Checks], bool] = lambda _, checks: True


LastRequests = Mapping[type[Request[Any]], LastRequest]
"""By type of the request. In the types that are not here any request can be followed by another one."""


def closes(last_requests: LastRequests, request: Request[Any], kind: type[Request[Any]], checks: Checks) -> bool:
    """Whether no request of this type that meets the checks can come after this one, which does not meet them."""
    last = last_requests.get(kind)
    return last is not None and isinstance(request, kind) and last.is_last(request) and last.concerns(request, checks)


def has_status(*statuses: str) -> Callable[[Any], bool]:
    """One of these statuses is the last one."""
    return lambda request: request.status in statuses


def is_last_part(request: Any) -> bool:
    """The last of several messages with the parts of a report."""
    return request.tbc is not True


def same(field: str) -> Callable[[Any, Checks], bool]:
    """The subject is identified by a field, which the step expects."""

    def concerns(request: Any, checks: Checks) -> bool:
        comparison = Comparison()
        compare_value(getattr(request, field), checks.get(field), field, comparison)
        return field in checks and comparison.matches

    return concerns
