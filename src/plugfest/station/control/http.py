"""The control API over HTTP with JSON, described in /openapi.json.

Each operation is a POST to its name with its arguments as a JSON object. GET /state returns the state of the station,
GET /display what the display shows, GET /measured_values what set_measured_value can set.
By default the API listens on the loopback interface, for this machine only; on any other it asks for a token.
"""

import asyncio
import inspect
import socket
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plugfest.http_server import serving
from plugfest.http_server.access import Access, AccessRules
from plugfest.station.control.commands import Control, ControlError, LockedError, TokenFormatError
from plugfest.station.control.measured_values import MeasurableValue
from plugfest.station.control.operations import OPERATIONS, Nothing, Operation
from plugfest.station.control.states import StationState

JSON = "application/json"
MAX_ERROR_LENGTH = 300  # characters: an error may quote what was sent
_CONTENT_TYPES = frozenset({JSON, "application/x-www-form-urlencoded"})  # curl --data names its JSON so


class Problem(msgspec.Struct, frozen=True):
    """Why the operation failed, in one line."""

    error: str


def application(control: Control) -> Starlette:
    """The web application of one station."""

    async def state(_: Request) -> Response:
        return _json(control.state())

    async def display(_: Request) -> Response:
        return _json(control.display_lines())

    async def measured_values(_: Request) -> Response:
        return _json(control.measured_values())

    async def described(_: Request) -> Response:
        return _json(openapi())

    routes = [
        Route("/state", state),
        Route("/display", display),
        Route("/measured_values", measured_values),
        Route("/openapi.json", described),
    ]
    routes += [Route(f"/{each.name}", _endpoint(control, each), methods=["POST"]) for each in OPERATIONS]
    return Starlette(routes=routes, exception_handlers={HTTPException: _unknown_operation})


async def _unknown_operation(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = f"there is no {request.method} {request.url.path}; GET /openapi.json describes the operations"
    return _json(Problem(problem), HTTPStatus(error.status_code), error.headers)


async def serve(control: Control, listening: socket.socket, token: str | None) -> None:
    """Serve on a bound socket until cancelled. `token`: what a client has to send, None on the loopback interface."""
    await serving.serve(Access(application(control), AccessRules(token=token)), listening)


def openapi() -> dict[str, Any]:
    """The OpenAPI description, generated from `OPERATIONS`."""
    bodies = sorted({each.body for each in OPERATIONS}, key=lambda body: body.__name__)
    _, components = msgspec.json.schema_components(
        [*bodies, StationState, MeasurableValue, Problem], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, Any] = {f"/{each.name}": {"post": _described(each)} for each in OPERATIONS}
    paths["/state"] = {"get": {"operationId": "state", "summary": "The state of the station", "responses": _success()}}
    paths["/display"] = {"get": _DISPLAY}
    paths["/measured_values"] = {"get": _MEASURED_VALUES}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control API of a virtual charging station", "version": "1"},
        "paths": paths,
        "components": {"schemas": components},
    }


def _listing(name: str, summary: str, items: dict[str, str]) -> dict[str, Any]:
    """The description of a GET that returns an array."""
    schema = {"type": "array", "items": items}
    answer = {"description": summary, "content": {"application/json": {"schema": schema}}}
    return {"operationId": name, "summary": summary, "responses": {str(HTTPStatus.OK.value): answer}}


_DISPLAY = _listing("display", "What can be read on the display now, from top to bottom", {"type": "string"})

_MEASURED_VALUES = _listing(
    "measured_values", "What set_measured_value can set", {"$ref": "#/components/schemas/MeasurableValue"}
)


def _described(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "requestBody": {"required": operation.body is not Nothing, "content": _content(operation.body)},
        "responses": _success()
        | {
            str(HTTPStatus.BAD_REQUEST.value): {"description": "Invalid arguments", "content": _content(Problem)},
            str(HTTPStatus.CONFLICT.value): {"description": "Not possible now", "content": _content(Problem)},
            str(HTTPStatus.LOCKED.value): {"description": "The cable is locked", "content": _content(Problem)},
            str(HTTPStatus.SERVICE_UNAVAILABLE.value): {"description": "The store fails", "content": _content(Problem)},
        },
    }


def _success() -> dict[str, Any]:
    return {
        str(HTTPStatus.OK.value): {
            "description": "The state of the station afterwards",
            "content": _content(StationState),
        }
    }


def _content(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def _endpoint(control: Control, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = msgspec.json.decode(await _json_text(request), type=operation.body)
            running = operation.run(control, body)
            if inspect.isawaitable(running):
                await running
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TokenFormatError) as error:
            return _json(Problem(str(error)[:MAX_ERROR_LENGTH]), HTTPStatus.BAD_REQUEST)
        except LockedError as error:
            return _json(Problem(str(error)[:MAX_ERROR_LENGTH]), HTTPStatus.LOCKED)
        except ControlError as error:
            return _json(Problem(str(error)[:MAX_ERROR_LENGTH]), HTTPStatus.CONFLICT)
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            return _json(Problem(str(error)), HTTPStatus.SERVICE_UNAVAILABLE)  # the store fails: the station stops
        await asyncio.sleep(0)  # the station handles the hardware event in the next loop iteration
        return _json(control.state())

    return endpoint


def _is_cancelled() -> bool:
    """Whether the running task is cancelled from outside."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _json_text(request: Request) -> bytes:
    """The arguments. Raises ValidationError for another type of content."""
    text = await request.body()
    if request.headers.get("content-type", JSON).partition(";")[0].strip().lower() not in _CONTENT_TYPES:
        raise msgspec.ValidationError(f"the arguments have to be {JSON}")
    return text or b"{}"


def _json(content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    body = msgspec.json.encode(content)
    return Response(body, status_code=status.value, headers=headers, media_type=JSON)
