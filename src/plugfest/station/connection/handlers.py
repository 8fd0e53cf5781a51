"""The handlers of incoming requests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from plugfest.link.peer import Answer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response

R = TypeVar("R", bound=Response)
Q = TypeVar("Q", bound=Request[Any])

Handler = Callable[[Any], Awaitable[Response | Answer]]


class Handlers:
    """One handler for each request that the station supports."""

    def __init__(self) -> None:
        self._handlers: dict[type[Request[Any]], Handler] = {}
        self._answering = False
        self._after_response: list[Callable[[], None]] = []

    def add(self, request_type: type[Q], handler: Callable[[Q], Awaitable[Response | Answer]]) -> None:
        """Register the handler of a request type. The handler may raise `Refusal` to answer with a CALLERROR."""
        if request_type in self._handlers:
            raise ValueError(f"two handlers for {request_type.action}")
        self._handlers[request_type] = handler

    def after_response(self, action: Callable[[], None]) -> None:
        """Run `action` after the answer to the current request is sent; without one, in the next loop iteration."""
        if self._answering:
            self._after_response.append(action)
        else:
            asyncio.get_running_loop().call_soon(action)

    async def answer(self, request: Request[Any]) -> Response | Answer:
        """Answer a request. Raises Refusal."""
        handler = self._handlers.get(type(request))
        if handler is None:
            # Part 4 section 4.3: a standard action that the station does not support
            raise Refusal(ErrorCode.NotSupported, f"this station does not support {request.action}")
        self._answering = True
        try:
            answer = await handler(request)
        finally:
            self._answering = False
            actions, self._after_response = self._after_response, []
        if isinstance(answer, Answer) and answer.then is not None:
            actions.insert(0, answer.then)
        response = answer.response if isinstance(answer, Answer) else answer
        return Answer(response, lambda: _run_all(actions)) if actions else response


def _run_all(actions: list[Callable[[], None]]) -> None:
    for action in actions:
        action()
