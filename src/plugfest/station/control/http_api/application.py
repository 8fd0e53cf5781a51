"""The web application of a station, described in /openapi.json.

Each operation is a POST to its name with its arguments as a JSON object. GET /state returns the state of the station,
/wait waits for one or for a message, /frames returns the newest frames, /events both as they come, /display what the
display shows, /measured_values what set_measured_value can set.
By default the API listens on the loopback interface, for this machine only; on any other it asks for a token.
"""

import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final, TypeAlias

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plugfest.http_server import serving
from plugfest.http_server.access import Access, AccessRules
from plugfest.station.control.http_api.answers import (
    ERRORS,
    JSON,
    Frame,
    FrameList,
    json_response,
    problem_response,
    refusal,
)
from plugfest.station.control.http_api.event_stream import EventStreams
from plugfest.station.control.http_api.openapi import openapi
from plugfest.station.control.http_api.queries import FrameQuery, parsed
from plugfest.station.control.http_api.waits import Waits
from plugfest.station.control.operated_station import OperatedStation
from plugfest.station.control.operations import OPERATIONS, Operation

_CONTENT_TYPES: Final = frozenset({JSON, "application/x-www-form-urlencoded"})  # curl --data names its JSON so

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def application(station: OperatedStation) -> Starlette:
    """The web application of one station."""

    async def state(_: Request) -> Response:
        return json_response(station.control.state())

    async def display(_: Request) -> Response:
        return json_response(station.control.display_lines())

    async def measured_values(_: Request) -> Response:
        return json_response(station.control.measured_values())

    async def described(_: Request) -> Response:
        return json_response(openapi())

    endpoints: Mapping[str, Endpoint] = {
        "state": state,
        "wait": Waits(station).wait,
        "frames": partial(_frames, station),
        "events": EventStreams(station).open,
        "display": display,
        "measured_values": measured_values,
        "openapi.json": described,
    }
    routes = [Route(f"/{path}", _guarded(each), methods=["GET"]) for path, each in endpoints.items()]
    routes += [
        Route(f"/{each.name}", _guarded(partial(_operate, station, each)), methods=["POST"]) for each in OPERATIONS
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _http_error})


async def serve(station: OperatedStation, listening: socket.socket, token: str | None) -> None:
    """Serve on a bound socket until cancelled. `token`: what a client has to send, None on the loopback interface."""
    await serving.serve(Access(application(station), AccessRules(token=token)), listening)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = error.detail
    if error.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        problem = f"there is no {request.method} {request.url.path}; GET /openapi.json describes the operations"
    return problem_response(problem, HTTPStatus(error.status_code), error.headers)


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Answers the errors of a request."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ERRORS as error:
            return refusal(error)

    return guarded


async def _operate(station: OperatedStation, operation: Operation, request: Request) -> Response:
    body = msgspec.json.decode(await _json_text(request), type=operation.body)
    answer = await station.act(lambda control: operation.run(control, body))
    return json_response(station.control.state() if operation.answer is None else answer)


async def _frames(station: OperatedStation, request: Request) -> Response:
    query, frames = parsed(request.query_params, FrameQuery), station.watch.frames
    wanted = query.wanted
    found = [each for each in frames.after(query.after or 0) if wanted.fits(each)]
    shown = found[-query.limit :] if query.after is None else found[: query.limit]
    return json_response(
        FrameList(
            oldest=frames[0].number if len(frames) else 0,
            newest=frames.newest,
            frames=[Frame.of(each) for each in shown],
        )
    )


async def _json_text(request: Request) -> bytes:
    """The arguments. Raises ValidationError for another type of content."""
    text = await request.body()
    if request.headers.get("content-type", JSON).partition(";")[0].strip().lower() not in _CONTENT_TYPES:
        raise msgspec.ValidationError(f"the arguments have to be {JSON}")
    return text or b"{}"
