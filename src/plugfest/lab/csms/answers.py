"""How the lab's CSMS answers, unless the running case wants it otherwise."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response

Q = TypeVar("Q", bound=Request[Any])
ResponseBuilder = Callable[[Any], Response]
"""From a request to its answer. May raise link.peer.Refusal (CALLERROR) or link.peer.NoAnswer (silence)."""


class _Override:
    def __init__(self, build: ResponseBuilder, times: int | None) -> None:
        self.build = build
        self.left = times


class Answers:
    """The usual answers by request type, and on top of them those of the running case."""

    def __init__(self, default: Mapping[type[Request[Any]], ResponseBuilder]) -> None:
        self._default = default
        self._overrides: dict[type[Request[Any]], list[_Override]] = {}

    def override(self, request: type[Q], build: Callable[[Q], Response], *, times: int | None = None) -> None:
        """Answer requests of this type so, for the rest of the case or the next `times` requests."""
        self._overrides.setdefault(request, []).append(_Override(build, times))

    def reset(self, request: type[Request[Any]] | None = None) -> None:
        """Forget what the case wanted: of one request type, or of all."""
        if request is None:
            self._overrides.clear()
        else:
            self._overrides.pop(request, None)

    def respond(self, request: Request[Any]) -> Response:
        """The answer to a request."""
        return self._builder(type(request))(request)

    def default(self, request: Request[Any]) -> Response:
        """What the answer would be if the case wanted nothing else."""
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
    except TypeError:  # it cannot be empty: an action that stations answer, and none asks for
        raise Refusal(ErrorCode.NotSupported, f"a CSMS answers no {request.action}") from None
    return response
