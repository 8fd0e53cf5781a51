"""The answers of the lab's CSMS: default answers, and the overrides of the running case."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.versions import Protocol

Q = TypeVar("Q", bound=Request[Any])
ResponseBuilder = Callable[[Any], Response]
"""From a request to its answer. May raise link.peer.Refusal (CALLERROR) or link.peer.NoAnswer (no answer)."""


def common_answers(
    protocol: Protocol, settings: LabSettings, utc_now: Callable[[], datetime]
) -> dict[type[Request[Any]], ResponseBuilder]:
    """The default answers that have the same fields in every OCPP version."""
    fields: Mapping[str, Callable[[], dict[str, object]]] = {
        "BootNotification": lambda: {
            "currentTime": utc_now(),
            "interval": settings.heartbeat_interval,
            "status": "Accepted",
        },
        "Heartbeat": lambda: {"currentTime": utc_now()},
        "DataTransfer": lambda: {"status": "UnknownVendorId"},
        "SignCertificate": lambda: {"status": "Accepted"},
    }

    def builder(request: type[Request[Response]], build: Callable[[], dict[str, object]]) -> ResponseBuilder:
        return lambda _: msgspec.convert(build(), request.response_type)

    requests = protocol.requests
    return {requests[action]: builder(requests[action], build) for action, build in fields.items()}


class _Override:
    def __init__(self, build: ResponseBuilder, times: int | None) -> None:
        self.build = build
        self.left = times


class Answers:
    """The default answers by request type, and the overrides of the running case."""

    def __init__(self, default: Mapping[type[Request[Any]], ResponseBuilder]) -> None:
        self._default = default
        self._overrides: dict[type[Request[Any]], list[_Override]] = {}

    def override(self, request: type[Q], build: Callable[[Q], Response], *, times: int | None = None) -> None:
        """Answer requests of this type with `build`, for the rest of the case or the next `times` requests."""
        self._overrides.setdefault(request, []).append(_Override(build, times))

    def reset(self, request: type[Request[Any]] | None = None) -> None:
        """Remove the overrides for one request type, or for all."""
        if request is None:
            self._overrides.clear()
        else:
            self._overrides.pop(request, None)

    def respond(self, request: Request[Any]) -> Response:
        """The answer to a request."""
        return self._builder(type(request))(request)

    def default(self, request: Request[Any]) -> Response:
        """The answer to a request without overrides."""
        return self._default_builder(type(request))(request)

    def _default_builder(self, kind: type[Request[Any]]) -> ResponseBuilder:
        return self._default.get(kind, _empty)

    def _builder(self, kind: type[Request[Any]]) -> ResponseBuilder:
        for override in self._overrides.get(kind, []):
            if override.left is None:
                return override.build
            if override.left > 0:
                override.left -= 1
                return override.build
        return self._default_builder(kind)


def _empty(request: Request[Any]) -> Response:
    try:
        response: Response = request.response_type()
    except TypeError:  # the response has required fields: stations do not send this request
        raise Refusal(ErrorCode.NotSupported, f"a CSMS does not answer {request.action}") from None
    return response
