"""Variations of a message: each changes one value and is still valid by the schema.

Invalid payloads would be detected by the validation of frames and would not test the case.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from plugfest.ocpp import codec
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import OcppStruct

Json: TypeAlias = Any  # any JSON value

TIME_SHIFTS = (timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1))
OTHER_TEXT = "Mutant"


class Variation(msgspec.Struct, frozen=True):
    """A changed payload, and a description of the change.

    `key` identifies the change without values that differ between runs, to make the same change to another message.
    """

    change: str
    key: str
    payload: Json


def variations(message: OcppStruct) -> Iterator[Variation]:
    """All variations of a message."""
    kind = type(message)
    payload = msgspec.json.decode(codec.encode(message))
    for change, key, other in _of_struct(_struct_type(kind), payload, ""):
        if _is_valid(kind, other):
            yield Variation(change, key, other)


@cache
def _struct_type(kind: type[OcppStruct]) -> inspect.StructType:
    """Its fields with their types; it takes longer to find them than to vary a message."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return info


def with_variation(message: OcppStruct, key: str) -> Json:
    """The payload with this variation; None if the message does not have it."""
    return next((one.payload for one in variations(message) if one.key == key), None)


def _is_valid(kind: type[OcppStruct], payload: Json) -> bool:
    try:
        codec.decode(kind, msgspec.json.encode(payload))
    except RemoteError:
        return False
    return True


Changed: TypeAlias = tuple[str, str, Json]
"""Change, key, payload."""


def _of_struct(struct: inspect.StructType, payload: dict[str, Json], path: str) -> Iterator[Changed]:
    for field in struct.fields:
        name = field.encode_name
        where = f"{path}.{name}" if path else name
        if name in payload:
            for change, key, other in _of_type(field.type, payload[name], where):
                yield change, key, {**payload, name: other}
            yield _always(f"{where} omitted", {other: value for other, value in payload.items() if other != name})
        else:
            for value in _samples(field.type):
                yield _always(f"{where} added as {_shown(value)}", {**payload, name: value})


def _always(change: str, payload: Json) -> Changed:
    """A change whose description is the same in every run."""
    return change, change, payload


def _of_type(kind: inspect.Type, value: Json, where: str) -> Iterator[Changed]:
    match kind:
        case inspect.UnionType(types=types):
            for one in types:
                yield from _of_type(one, value, where)
        case inspect.StructType() if isinstance(value, dict):
            yield from _of_struct(kind, value, where)
        case inspect.ListType(item_type=item) if isinstance(value, list):
            yield from _of_list(item, value, where)
        case _:
            for number, other in enumerate(_other_values(kind, value)):
                key = f"{where} {other if isinstance(kind, inspect.EnumType) else number}"
                if other != value:
                    yield f"{where} {_shown(value)} -> {_shown(other)}", key, other


def _of_list(item: inspect.Type, items: list[Json], where: str) -> Iterator[Changed]:
    for number, one in enumerate(items):
        for change, key, other in _of_type(item, one, f"{where}[{number}]"):
            yield change, key, [*items[:number], other, *items[number + 1 :]]
    if len(items) > 1:
        yield from _of_every(item, items, where)
        yield _always(f"{where} without its last item", items[:-1])
    yield _always(f"{where} empty", [])


def _of_every(item: inspect.Type, items: list[Json], where: str) -> Iterator[Changed]:
    """The same change in every item, for a check that accepts any matching item."""
    for change, key, other in _of_type(item, items[0], f"{where}[*]"):
        if isinstance(other, dict) and isinstance(items[0], dict):
            changed = {name: value for name, value in other.items() if items[0].get(name) != value}
            removed = items[0].keys() - other.keys()
            yield (
                change,
                key,
                [{**{k: v for k, v in one.items() if k not in removed}, **deepcopy(changed)} for one in items],
            )


def _other_values(kind: inspect.Type, value: Json) -> Iterator[Json]:
    """Other values of the type."""
    match kind:
        case inspect.EnumType(cls=members):
            yield from (member.value for member in members if member.value != value)
        case inspect.BoolType():
            yield not value
        case inspect.IntType():
            yield from (value + 1, value - 1, value + 1000)
        case inspect.FloatType():
            yield from (value + 1.0, value - 1.0, -value)
        case inspect.DateTimeType():
            moment = datetime.fromisoformat(value)
            yield from (codec.wire_time(moment + shift) for shift in TIME_SHIFTS)
        case inspect.StrType():
            yield from _other_texts(str(value))


def _other_texts(text: str) -> Iterator[str]:
    yield OTHER_TEXT
    yield text + "1"
    yield text[:-1]
    if text.lower() in ("true", "false"):
        yield "false" if text.lower() == "true" else "true"
    if text.isdigit():
        yield str(int(text) + 1)


def _samples(kind: inspect.Type) -> Iterator[Json]:
    """Some values for an omitted field."""
    match kind:
        case inspect.UnionType(types=types):
            for one in types:
                yield from _samples(one)
        case inspect.EnumType(cls=members):
            yield from (member.value for member in members)
        case inspect.BoolType():
            yield from (True, False)
        case inspect.IntType() | inspect.FloatType():
            yield from (0, 1)
        case inspect.DateTimeType():
            yield "2020-01-01T00:00:00Z"
        case inspect.StrType():
            yield OTHER_TEXT
        case inspect.StructType(fields=fields):
            yield from _sample_structs(fields)
        case inspect.ListType(item_type=item):
            yield from ([one] for one in _samples(item))


def _sample_structs(fields: tuple[inspect.Field, ...]) -> Iterator[Json]:
    """A struct with its required fields."""
    required = [(field.encode_name, next(_samples(field.type), None)) for field in fields if field.required]
    if all(value is not None for _, value in required):
        yield dict(required)


def _shown(value: Json) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 40 else text[:37] + "..."
