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
from msgspec import UNSET, UnsetType
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plugfest.hardware.communication import CertificateAction
from plugfest.hardware.ports import LimitPeriod
from plugfest.hardware.virtual.communication import CommunicatingEv
from plugfest.hardware.virtual.station import Side
from plugfest.http_server import serving
from plugfest.http_server.access import Access, AccessRules
from plugfest.station.control.commands import Control, ControlError, LockedError, TokenFormatError
from plugfest.station.control.measured_values import MeasurableValue
from plugfest.station.control.states import StationState

JSON = "application/json"
MAX_ERROR_LENGTH = 300  # characters: an error may quote what was sent
_CONTENT_TYPES = frozenset({JSON, "application/x-www-form-urlencoded"})  # curl --data names its JSON so


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of an operation."""


class Nothing(_Body, frozen=True):
    """No arguments."""


class AtEvse(_Body, frozen=True):
    """At an EVSE."""

    evse_id: int


class Choice(_Body, frozen=True):
    """EVSEs that the display offers."""

    evse_ids: tuple[int, ...]


class AtConnector(_Body, frozen=True):
    """At a connector of an EVSE."""

    evse_id: int
    connector_id: int


class Plug(_Body, frozen=True):
    """One end of a cable, or both."""

    evse_id: int
    connector_id: int
    side: Side = "both"


class PlugIn(_Body, frozen=True):
    """One end of a cable, or both. `seated` false: not far enough for the lock."""

    evse_id: int
    connector_id: int
    side: Side = "both"
    seated: bool = True


class PresentToken(_Body, frozen=True):
    """A token with its OCPP 2.0.1 idToken type. `evse_id`: the EVSE of the reader, or the one chosen."""

    id_token: str
    type: str = "ISO14443"
    evse_id: int | None = None


class CommunicatingEvAt(_Body, frozen=True):
    """An EV that communicates by ISO 15118. Certificates in PEM; `contract` is a chain, leaf first.

    Without a contract the driver identifies at the station. `certificate_request`: before it presents the contract.
    `energy` that it asks for, in Wh, if null what its battery lacks; `departure` in seconds from then, null: unknown.
    """

    evse_id: int
    contract: str | None = None
    certificate_request: CertificateAction | None = None
    v2g_roots: tuple[str, ...] = ()
    energy: float | None = None
    departure: float | None = None


class StateOfCharge(_Body, frozen=True):
    """The state of charge of the EV at an EVSE, in percent."""

    evse_id: int
    percent: float


class Needs(_Body, frozen=True):
    """What the EV needs: energy in Wh, departure in seconds from now; as before if null."""

    evse_id: int
    energy: float | None = None
    departure: float | None = None


class MeasuredValue(_Body, frozen=True):
    """A variable of the device model and the value to measure; null: what is measured without influence."""

    component: str
    variable: str
    value: float | None
    evse_id: int | None = None


class ExternalLimit(_Body, frozen=True):
    """A limit of an EVSE, or of the whole station, in W; null releases it. `source`: EMS, SO or Other (OCPP 2.0.1).

    `periods` instead of `watts`: limits that follow each other, the first from 0 s on. `duration` in seconds until the
    last one ends; null: when the limit is released.
    """

    watts: float | UnsetType | None = UNSET
    periods: tuple[LimitPeriod, ...] = ()
    duration: int | None = None
    source: str = "EMS"
    evse_id: int | None = None


class Storage(_Body, frozen=True):
    """Whether the data in a storage can be read."""

    available: bool


class Customer(_Body, frozen=True):
    """A customer identifier."""

    identifier: str


class Problem(msgspec.Struct, frozen=True):
    """Why the operation failed, in one line."""

    error: str


class Operation(msgspec.Struct, frozen=True):
    """An operator action."""

    name: str
    summary: str
    body: type[_Body]
    run: Callable[[Control, Any], Awaitable[None] | None]


def _communicating_ev(body: CommunicatingEvAt) -> CommunicatingEv:
    return CommunicatingEv(
        contract=body.contract,
        certificate_request=body.certificate_request,
        v2g_roots=body.v2g_roots,
        energy=body.energy,
        departure=body.departure,
    )


def _limit_periods(body: ExternalLimit) -> tuple[LimitPeriod, ...]:
    """The periods of a limit; none if it is released."""
    if (body.watts is UNSET) is not bool(body.periods):
        raise ControlError("an external limit has either watts or periods")
    return body.periods if body.watts is UNSET else () if body.watts is None else (LimitPeriod(0, body.watts),)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "plug_in",
        "Plug in the cable",
        PlugIn,
        lambda c, b: c.plug_in(b.evse_id, b.connector_id, b.side, seated=b.seated),
    ),
    Operation("plug_out", "Unplug the cable", Plug, lambda c, b: c.plug_out(b.evse_id, b.connector_id, b.side)),
    Operation(
        "present_token", "Present a token", PresentToken, lambda c, b: c.present_token(b.id_token, b.type, b.evse_id)
    ),
    Operation("press_start_button", "Press the start button", AtEvse, lambda c, b: c.press_start_button(b.evse_id)),
    Operation("choose", "Choose EVSEs that the display offers", Choice, lambda c, b: c.choose(b.evse_ids)),
    Operation("park", "Drive into the parking bay", AtEvse, lambda c, b: c.park(b.evse_id)),
    Operation("leave", "Drive out of the parking bay", AtEvse, lambda c, b: c.leave(b.evse_id)),
    Operation("ev_suspend", "Let the EV suspend charging", AtEvse, lambda c, b: c.ev_suspend(b.evse_id)),
    Operation("ev_resume", "Let the EV resume charging", AtEvse, lambda c, b: c.ev_resume(b.evse_id)),
    Operation(
        "ev_state_of_charge",
        "Give the EV a state of charge",
        StateOfCharge,
        lambda c, b: c.ev_state_of_charge(b.evse_id, b.percent),
    ),
    Operation(
        "ev_prepare",
        "Let the EV communicate by ISO 15118",
        CommunicatingEvAt,
        lambda c, b: c.ev_prepare(b.evse_id, _communicating_ev(b)),
    ),
    Operation("ev_ordinary", "Let the EV not communicate by ISO 15118", AtEvse, lambda c, b: c.ev_ordinary(b.evse_id)),
    Operation(
        "ev_renegotiate",
        "Let the EV renegotiate its charging schedule",
        Needs,
        lambda c, b: c.ev_renegotiate(b.evse_id, b.energy, b.departure),
    ),
    Operation("ev_stop", "Let the EV end its session", AtEvse, lambda c, b: c.ev_stop(b.evse_id)),
    Operation("fault_on", "Cause a fault", AtConnector, lambda c, b: c.fault_on(b.evse_id, b.connector_id)),
    Operation("fault_off", "Clear a fault", AtConnector, lambda c, b: c.fault_off(b.evse_id, b.connector_id)),
    Operation(
        "lock_jammed", "Jam a retention lock", AtConnector, lambda c, b: c.lock_jammed(b.evse_id, b.connector_id)
    ),
    Operation(
        "lock_mended", "Repair a retention lock", AtConnector, lambda c, b: c.lock_mended(b.evse_id, b.connector_id)
    ),
    Operation(
        "set_measured_value",
        "Make a sensor measure a value",
        MeasuredValue,
        lambda c, b: c.set_measured_value(b.component, b.variable, b.evse_id, b.value),
    ),
    Operation(
        "external_limit",
        "Limit the power of the station or of an EVSE beside the CSMS, or release the limit",
        ExternalLimit,
        lambda c, b: c.external_limit(_limit_periods(b), b.source, b.evse_id, b.duration),
    ),
    Operation(
        "customer_storage",
        "Make the stored data of customers unavailable, or available again",
        Storage,
        lambda c, b: c.customer_storage(available=b.available),
    ),
    Operation(
        "log_storage",
        "Make the logs unavailable, or available again",
        Storage,
        lambda c, b: c.log_storage(available=b.available),
    ),
    Operation("store_customer", "Store data about a customer", Customer, lambda c, b: c.store_customer(b.identifier)),
    Operation("power_off", "Switch mains power off", Nothing, lambda c, b: c.power_off()),
    Operation("power_on", "Switch mains power on", Nothing, lambda c, b: c.power_on()),
    Operation("network_off", "Disconnect the network", Nothing, lambda c, b: c.network_off()),
    Operation("network_on", "Connect the network", Nothing, lambda c, b: c.network_on()),
    Operation("reconnect", "Connect now instead of waiting", Nothing, lambda c, b: c.reconnect()),
)


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
