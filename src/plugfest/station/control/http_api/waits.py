"""GET /wait: the answer comes when a state is reached or a message has come."""

import asyncio
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, Final

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import Wanted
from plugfest.station.control.http_api.answers import Frame, json_response, problem_response
from plugfest.station.control.http_api.queries import MESSAGE, MessageWait, StateWait, parsed
from plugfest.station.control.operated_station import ConditionNotMet, MessageNotCome, OperatedStation

MAX_WAITS: Final = 100
"""At one time: less than the connections of the server, so that operations are possible meanwhile."""


class Waits:
    """The waits at a station."""

    def __init__(self, station: OperatedStation) -> None:
        self._station = station
        self._open = 0

    async def wait(self, request: Request) -> Response:
        """Raises MsgspecError for wrong parameters."""
        waiting = self._waiting(request.query_params)
        if self._open >= MAX_WAITS:
            waiting.close()
            return problem_response(f"there are {MAX_WAITS} waits already", HTTPStatus.SERVICE_UNAVAILABLE)
        self._open += 1
        try:
            return await _while_connected(request, waiting)
        finally:
            self._open -= 1

    def _waiting(self, query: QueryParams) -> Coroutine[Any, Any, Response]:
        """The wait that is asked for. Raises MsgspecError."""
        if MESSAGE in query:
            message = parsed(query, MessageWait)
            return self._for_message(message.wanted, message.within, message.after)
        state = parsed(query, StateWait)
        if state.condition.is_empty:
            raise msgspec.ValidationError("give a state to wait for, such as accepted=true, or a message")
        return self._for_state(state.condition, state.within)

    async def _for_state(self, condition: Condition, within: float) -> Response:
        try:
            return json_response(await self._station.wait_for(condition, within))
        except ConditionNotMet as error:
            return problem_response(str(error), HTTPStatus.GATEWAY_TIMEOUT)

    async def _for_message(self, wanted: Wanted, within: float, after: int | None) -> Response:
        try:
            return json_response(Frame.of(await self._station.wait_for_message(wanted, within, after)))
        except MessageNotCome as error:
            return problem_response(str(error), HTTPStatus.GATEWAY_TIMEOUT)


async def _while_connected(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """The answer, unless the client goes away: then the work ends."""
    answering, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else problem_response("the client has closed the connection")
    finally:
        answering.cancel()
        leaving.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
