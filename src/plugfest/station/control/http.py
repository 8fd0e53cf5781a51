"""The hands at a virtual station over HTTP: JSON in, JSON out, described in /openapi.json.

Each operation of `Control` is a POST to its name, with its arguments as a JSON object; GET /state is what there is to
see. There is no password: it listens on this computer only, unless it is told otherwise.
"""

import asyncio
import inspect
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plugfest.hardware.virtual.station import Side
from plugfest.station.control.commands import Control, ControlError, StationState

LOOPBACK = "127.0.0.1"


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of an operation."""


class Nothing(_Body, frozen=True):
    """No arguments."""


class AtEvse(_Body, frozen=True):
    """At an EVSE."""

    evse_id: int


class Choice(_Body, frozen=True):
    """Some of the EVSEs that the display offers."""

    evse_ids: tuple[int, ...]


class AtConnector(_Body, frozen=True):
    """At a connector of an EVSE."""

    evse_id: int
    connector_id: int


class Plug(_Body, frozen=True):
    """At one end of a cable, or both."""

    evse_id: int
    connector_id: int
    side: Side = "both"


class PlugIn(_Body, frozen=True):
    """At one end of a cable, or both; not seated: not far enough for the lock."""

    evse_id: int
    connector_id: int
    side: Side = "both"
    seated: bool = True


class PresentToken(_Body, frozen=True):
    """A token of an OCPP 2.0.1 idToken type, where the driver stands or what he has chosen."""

    id_token: str
    type: str = "ISO14443"
    evse_id: int | None = None


class Problem(msgspec.Struct, frozen=True):
    """Why something could not be done, in one line."""

    error: str


class Operation(msgspec.Struct, frozen=True):
    """One thing that the hands can do."""

    name: str
    summary: str
    body: type[_Body]
    act: Callable[[Control, Any], Awaitable[None] | None]


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "plug_in",
        "Connect EV and EVSE",
        PlugIn,
        lambda c, b: c.plug_in(b.evse_id, b.connector_id, b.side, seated=b.seated),
    ),
    Operation("plug_out", "Disconnect EV and EVSE", Plug, lambda c, b: c.unplug(b.evse_id, b.connector_id, b.side)),
    Operation(
        "present_token", "Present a token", PresentToken, lambda c, b: c.present_token(b.id_token, b.type, b.evse_id)
    ),
    Operation("press_start_button", "Press the start button", AtEvse, lambda c, b: c.press_start_button(b.evse_id)),
    Operation("choose", "Choose what the display offers", Choice, lambda c, b: c.choose(b.evse_ids)),
    Operation("park", "Drive into the parking bay", AtEvse, lambda c, b: c.park(b.evse_id)),
    Operation("leave", "Drive out of the parking bay", AtEvse, lambda c, b: c.leave(b.evse_id)),
    Operation("ev_suspend", "Let the EV refuse energy", AtEvse, lambda c, b: c.ev_suspend(b.evse_id)),
    Operation("ev_resume", "Let the EV take energy again", AtEvse, lambda c, b: c.ev_resume(b.evse_id)),
    Operation("fault_on", "Bring about a fault", AtConnector, lambda c, b: c.fault_on(b.evse_id, b.connector_id)),
    Operation("fault_off", "Clear a fault", AtConnector, lambda c, b: c.fault_off(b.evse_id, b.connector_id)),
    Operation("lock_jammed", "Jam a lock", AtConnector, lambda c, b: c.lock_jammed(b.evse_id, b.connector_id)),
    Operation("lock_mended", "Mend a lock", AtConnector, lambda c, b: c.lock_mended(b.evse_id, b.connector_id)),
    Operation("power_off", "Cut the mains", Nothing, lambda c, b: c.power_off()),
    Operation("power_on", "Mend the mains", Nothing, lambda c, b: c.power_on()),
    Operation("network_off", "Pull the network cable", Nothing, lambda c, b: c.network_off()),
    Operation("network_on", "Put the network cable back", Nothing, lambda c, b: c.network_on()),
)


def application(control: Control) -> Starlette:
    """The web application of one station."""

    async def state(_: Request) -> Response:
        return _json(control.state())

    async def described(_: Request) -> Response:
        return _json(openapi())

    routes = [Route("/state", state), Route("/openapi.json", described)]
    routes += [Route(f"/{each.name}", _endpoint(control, each), methods=["POST"]) for each in OPERATIONS]
    return Starlette(routes=routes)


async def serve(control: Control, listening: socket.socket) -> None:
    """Serve on a socket that is bound, until cancelled."""
    config = uvicorn.Config(application(control), log_level="critical", lifespan="off")
    await _Server(config).serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Leaves signals to whoever started it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def openapi() -> dict[str, Any]:
    """The description of all this, made from what is really served."""
    bodies = sorted({each.body for each in OPERATIONS}, key=lambda body: body.__name__)
    _, components = msgspec.json.schema_components(
        [*bodies, StationState, Problem], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, Any] = {f"/{each.name}": {"post": _described(each)} for each in OPERATIONS}
    paths["/state"] = {"get": {"operationId": "state", "summary": "What there is to see", "responses": _seen()}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "The hands at a virtual charging station", "version": "1"},
        "paths": paths,
        "components": {"schemas": components},
    }


def _described(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "requestBody": {"required": operation.body is not Nothing, "content": _content(operation.body)},
        "responses": _seen()
        | {
            str(HTTPStatus.BAD_REQUEST.value): {"description": "Not such arguments", "content": _content(Problem)},
            str(HTTPStatus.CONFLICT.value): {"description": "It cannot be done now", "content": _content(Problem)},
        },
    }


def _seen() -> dict[str, Any]:
    return {str(HTTPStatus.OK.value): {"description": "The station after it", "content": _content(StationState)}}


def _content(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def _endpoint(control: Control, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = msgspec.json.decode(await request.body() or b"{}", type=operation.body)
            done = operation.act(control, body)
            if inspect.isawaitable(done):
                await done
        except msgspec.MsgspecError as error:
            return _json(Problem(str(error)), HTTPStatus.BAD_REQUEST)
        except ControlError as error:
            return _json(Problem(str(error)), HTTPStatus.CONFLICT)
        await asyncio.sleep(0)  # the station hears of it in the next turn of the loop
        return _json(control.state())

    return endpoint


def _json(content: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(content), status_code=status.value, media_type="application/json")
