"""The OpenAPI description of the control API, made from the operations and the types of parameters and answers."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final

import msgspec

from plugfest.station.control.http_api.answers import JSON, DroppedFrames, Frame, FrameList, Problem
from plugfest.station.control.http_api.queries import EventQuery, FrameQuery, MessageWait, StateWait
from plugfest.station.control.measured_values import MeasurableValue
from plugfest.station.control.operations import OPERATIONS, Nothing, Operation
from plugfest.station.control.states import StationState

Json = dict[str, Any]

_COMPONENTS: Final = "#/components/schemas/"
_ANSWERS: Final = (StationState, MeasurableValue, Frame, FrameList, DroppedFrames, Problem)
_EVENT_STREAM: Final = "text/event-stream"
_TOKEN: Final = "token"


def openapi() -> Json:
    """The description, OpenAPI 3.1."""
    bodies = {each.body for each in OPERATIONS} | {each.answer for each in OPERATIONS if each.answer is not None}
    _, components = msgspec.json.schema_components(
        [*sorted(bodies, key=lambda body: body.__name__), *_ANSWERS], ref_template=_COMPONENTS + "{name}"
    )
    paths: Json = {f"/{each.name}": {"post": _operation(each)} for each in OPERATIONS}
    paths |= {f"/{name}": {"get": _QUERIES[name] | {"operationId": name}} for name in _QUERIES}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control API of a virtual charging station", "version": "1"},
        "security": [{_TOKEN: []}, {}],  # on this computer only: none
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                _TOKEN: {"type": "http", "scheme": "bearer", "description": "Needed where other computers can connect"}
            },
        },
    }


def _operation(operation: Operation) -> Json:
    refusals = {
        HTTPStatus.BAD_REQUEST: "Invalid arguments",
        HTTPStatus.CONFLICT: "Not possible now",
        HTTPStatus.LOCKED: "The cable is locked",
        HTTPStatus.SERVICE_UNAVAILABLE: "The store fails",
    }
    success = _state() if operation.answer is None else _answer("The answer", _content(_reference(operation.answer)))
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "requestBody": {"required": operation.body is not Nothing, "content": _content(_reference(operation.body))},
        "responses": {str(HTTPStatus.OK.value): success} | _refusals(refusals),
    }


def _query(
    summary: str,
    success: Json,
    parameters: Sequence[type[msgspec.Struct]] = (),
    refusals: Mapping[HTTPStatus, str] | None = None,
    more: Sequence[Json] = (),
) -> Json:
    """A GET request with the fields of structs as parameters, which their docstrings describe."""
    texts = [text for each in parameters for text in _docstrings(each)]
    described = {"description": "\n\n".join(texts)} if texts else {}
    wrong = {HTTPStatus.BAD_REQUEST: "Invalid parameters"} if parameters else {}
    return {
        "summary": summary,
        **described,
        "parameters": [*_parameters(parameters), *more],
        "responses": {str(HTTPStatus.OK.value): success} | _refusals({**wrong, **(refusals or {})}),
    }


def _docstrings(struct: type[msgspec.Struct]) -> Iterator[str]:
    """That of the struct, and before it that of the struct that it extends."""
    for each in reversed(struct.__mro__):
        if issubclass(each, msgspec.Struct) and each is not msgspec.Struct:
            yield " ".join((getdoc(each) or "").split())


def _parameters(structs: Sequence[type[msgspec.Struct]]) -> list[Json]:
    """The fields of all structs. One is required if every request with it needs it."""
    found: dict[str, Json] = {}
    for struct in structs:
        (schema,), components = msgspec.json.schema_components([struct], ref_template="{name}")
        definition = components[schema["$ref"]]
        for name, field in definition["properties"].items():
            required = len(structs) == 1 and name in definition.get("required", ())
            found.setdefault(name, {"name": name, "in": "query", "required": required, "schema": _not_null(field)})
    return list(found.values())


def _not_null(schema: Json) -> Json:
    """The schema of a value that is given: what is not given is null."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return (
        kinds[0] if len(kinds) == 1 else {name: value for name, value in schema.items() if name != "default" or value}
    )


def _refusals(reasons: Mapping[HTTPStatus, str]) -> Json:
    wrong_token = _answer("The token is missing or wrong", _content({"type": "string"}, "text/plain"))
    found = {str(status.value): _answer(reason, _content(_reference(Problem))) for status, reason in reasons.items()}
    return {**found, str(HTTPStatus.UNAUTHORIZED.value): wrong_token}


def _state() -> Json:
    return _answer("The state of the station", _content(_reference(StationState)))


def _answer(description: str, content: Json) -> Json:
    return {"description": description, "content": content}


def _content(schema: Json, kind: str = JSON) -> Json:
    return {kind: {"schema": schema}}


def _array(description: str, items: Json) -> Json:
    return _answer(description, _content({"type": "array", "items": items}))


def _reference(kind: type) -> Json:
    return {"$ref": f"{_COMPONENTS}{kind.__name__}"}


_LAST_EVENT_ID: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event: the number of its frame. Browsers send it when they connect again.",
    "schema": {"type": "string"},
}

_EVENTS: Final = (
    "Server-sent events. `frame`: a Frame; its number is the id of the event. `state`: a StationState, at first and"
    " when it has changed, at most two each second. `dropped`: DroppedFrames, in place of frames that are not kept."
)

_TOO_MANY: Final = {HTTPStatus.SERVICE_UNAVAILABLE: "Too many are open"}

_QUERIES: Final = {
    "state": _query("The state of the station", _state()),
    "wait": _query(
        "Wait for a state of the station or for a message",
        _answer(
            "The state that was waited for, or the message",
            _content({"anyOf": [_reference(StationState), _reference(Frame)]}),
        ),
        (StateWait, MessageWait),
        {HTTPStatus.GATEWAY_TIMEOUT: "Not in time", **_TOO_MANY},
    ),
    "frames": _query(
        "The newest frames", _answer("Frames, oldest first", _content(_reference(FrameList))), (FrameQuery,)
    ),
    "events": _query(
        "Frames and states as they come",
        _answer(_EVENTS, _content({"type": "string"}, _EVENT_STREAM)),
        (EventQuery,),
        _TOO_MANY,
        (_LAST_EVENT_ID,),
    ),
    "display": _query("What can be read on the display now, from top to bottom", _array("Lines", {"type": "string"})),
    "measured_values": _query(
        "What set_measured_value can set", _array("Variables with their present values", _reference(MeasurableValue))
    ),
}
