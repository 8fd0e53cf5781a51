"""Which handler answers which request."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from plugfest.link.peer import Answer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response

R = TypeVar("R", bound=Response)
Q = TypeVar("Q", bound=Request[Any])

Handler = Callable[[Any], Awaitable[Response | Answer]]


class Handlers:
    """The requests that this station answers."""

    def __init__(self) -> None:
        self._handlers: dict[type[Request[Any]], Handler] = {}

    def add(self, request_type: type[Q], handler: Callable[[Q], Awaitable[Response | Answer]]) -> None:
        """Let `handler` answer requests of this type. It may raise `Refusal` for a CALLERROR."""
        if request_type in self._handlers:
            raise ValueError(f"two handlers for {request_type.action}")
        self._handlers[request_type] = handler

    def knows(self, request_type: type[Request[Any]]) -> bool:
        return request_type in self._handlers

    async def answer(self, request: Request[Any]) -> Response | Answer:
        handler = self._handlers.get(type(request))
        if handler is None:
            # Part 4 section 4.3: an action that the standard has and this station has not.
            raise Refusal(ErrorCode.NotSupported, f"this station does not support {request.action}")
        return await handler(request)
