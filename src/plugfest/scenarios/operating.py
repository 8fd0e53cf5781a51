"""The operations of the control API as steps: which arguments a step may have, and those of a call."""

from collections.abc import Mapping
from functools import cache
from random import Random
from types import NoneType
from typing import Any, Final, get_args

import msgspec

from plugfest.ocpp.message import JsonValue
from plugfest.scenarios import values
from plugfest.station.control.operations import OPERATIONS, Body, Operation, PresentToken

NONE: Final = "none"
"""In a file: no value, where an operation has one for that, such as the release of a limit."""

BY_NAME: Final[Mapping[str, Operation]] = {each.name: each for each in OPERATIONS}

_OF_DRIVER: Final = frozenset({"evse_id", "connector_id", "id_token", "type"})


def fields_of_driver(operation: Operation) -> tuple[str, ...]:
    """The arguments that are those of the driver if they are left out."""
    fields = msgspec.structs.fields(operation.body)
    is_token = operation.body is PresentToken
    return tuple(each.name for each in fields if each.name in _OF_DRIVER and (each.required or is_token))


def required_of_driver(operation: Operation) -> tuple[str, ...]:
    """Those of them without which the operation cannot be done."""
    required = {each.name for each in msgspec.structs.fields(operation.body) if each.required}
    return tuple(name for name in fields_of_driver(operation) if name in required)


@cache
def arguments_of(operation: str) -> type[msgspec.Struct]:
    """The arguments of an operation as a step has them: numbers may have a distribution, a null is the text NONE."""
    found = BY_NAME[operation]
    optional = fields_of_driver(found)
    fields = [
        (each.name, _kind(each.type), msgspec.field(default=None))
        if each.name in optional or not each.required
        else (each.name, _kind(each.type))
        for each in msgspec.structs.fields(found.body)
    ]
    return msgspec.defstruct(f"{operation}_arguments", sorted(fields, key=len), forbid_unknown_fields=True)


def drawn_fields(operation: str) -> frozenset[str]:
    """The arguments that may have a distribution."""
    fields = msgspec.structs.fields(BY_NAME[operation].body)
    return frozenset(each.name for each in fields if float in _members(each.type))


def body_of(operation: str, given: Mapping[str, JsonValue], random: Random) -> Body:
    """The arguments of a call: distributions are drawn. Raises ValidationError if one is missing."""
    found = BY_NAME[operation]
    drawn = drawn_fields(operation)
    arguments = {name: _value(value, random) if name in drawn else value for name, value in given.items()}
    body: Body = msgspec.convert(arguments, found.body)
    return body


def _value(value: JsonValue, random: Random) -> JsonValue:
    if value == NONE:
        return None
    return values.number(value).draw(random) if isinstance(value, str) else value


def _kind(kind: Any) -> Any:
    return kind if float not in _members(kind) else float | str


def _members(kind: Any) -> tuple[Any, ...]:
    return tuple(each for each in get_args(kind) if each is not NoneType) or (kind,)
