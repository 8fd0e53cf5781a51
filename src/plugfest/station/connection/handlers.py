"""The handlers of incoming requests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from plugfest.link.peer import Answer, Handled, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response

R = TypeVar("R", bound=Response)
Q = TypeVar("Q", bound=Request[Any])


class Handlers:
    """One handler for each request that the station supports."""

    def __init__(self) -> None:
        self._handlers: dict[type[Request[Any]], Callable[[Any], Handled | Awaitable[Handled]]] = {}
        self._answering = False
        self._after_response: list[Callable[[], None]] = []

    def add(self, request_type: type[Q], handler: Callable[[Q], Handled | Awaitable[Handled]]) -> None:
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

    def answer(self, request: Request[Any]) -> Handled | Awaitable[Handled]:
        """Answer a request, at once if the handler is a plain function. Raises Refusal."""
        handler = self._handlers.get(type(request))
        if handler is None:
            # Part 4 section 4.3: a standard action that the station does not support
            raise Refusal(ErrorCode.NotSupported, f"this station does not support {request.action}")
        self._answering, self._after_response = True, []
        try:
            handled = handler(request)
        except BaseException:
            self._answering = False
            raise
        if isinstance(handled, Response | Answer):
            self._answering = False
            return self._with_actions(handled)
        return self._answer_later(handled)

    async def _answer_later(self, handled: Awaitable[Handled]) -> Handled:
        try:
            return self._with_actions(await handled)
        finally:
            self._answering = False

    def _with_actions(self, handled: Handled) -> Handled:
        actions = self._after_response
        if not actions:
            return handled
        answer = handled if isinstance(handled, Answer) else Answer(handled)
        if answer.then is not None:
            actions.insert(0, answer.then)
        return Answer(answer.response, lambda: _run_all(actions))


def _run_all(actions: list[Callable[[], None]]) -> None:
    for action in actions:
        action()
