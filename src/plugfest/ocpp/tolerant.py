"""Decodes messages that violate the schema and can be understood nevertheless: answers, and times in requests.

Some management systems add fields of a later version, write null for an omitted field, or times without a zone.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

import msgspec

from plugfest.ocpp.codec import decode
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import JsonValue, OcppStruct

MessageT = TypeVar("MessageT", bound=OcppStruct)

_Keys = tuple[str | int, ...]
"""The way to a value: names of attributes, and positions in lists."""

_TIME_WITHOUT_SECONDS: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)", re.ASCII)
"""ISO 8601, which the text of 1.6 names (3.15), and not RFC 3339, which its schemas name."""

_TIME_WITHOUT_ZONE: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(\.\d+)?")


class Breach(NamedTuple):
    """What violates the schema, and where."""

    problem: str
    path: str

    def __str__(self) -> str:
        return f"{self.problem} at {self.path}"


def decode_tolerantly(message_type: type[MessageT], raw: bytes | msgspec.Raw) -> tuple[MessageT, tuple[Breach, ...]]:
    """The message in a JSON payload, and what violates the schema without hiding the meaning.

    A time without a zone stays without one: its `tzinfo` is None. Raises RemoteError if the message cannot be used.
    """
    try:
        return decode(message_type, raw), ()
    except RemoteError:
        repair = _Repair()
        payload = repair.repaired(message_type, raw)
        if not repair.breaches:
            raise
    message = decode(message_type, msgspec.json.encode(payload))
    for keys in repair.without_zone:
        _drop_zone(message, keys)
    return message, tuple(repair.breaches)


def decode_request_tolerantly(
    message_type: type[MessageT], raw: bytes | msgspec.Raw
) -> tuple[MessageT, tuple[Breach, ...]]:
    """The same for a request, in which only times without seconds are understood. Raises RemoteError."""
    try:
        return decode(message_type, raw), ()
    except RemoteError:
        repair = _Repair(only_seconds=True)
        payload = repair.repaired(message_type, raw)
        if not repair.breaches:
            raise
    return decode(message_type, msgspec.json.encode(payload)), tuple(repair.breaches)


class _Repair:
    """`only_seconds`: leave everything but times without seconds as it is."""

    def __init__(self, *, only_seconds: bool = False) -> None:
        self._only_seconds = only_seconds
        self.breaches: list[Breach] = []
        self.without_zone: list[_Keys] = []

    def repaired(self, message_type: type[OcppStruct], raw: bytes | msgspec.Raw) -> JsonValue:
        try:
            payload = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return self._value(msgspec.inspect.type_info(message_type), payload, "$", ())

    def _value(self, kind: msgspec.inspect.Type, value: JsonValue, path: str, keys: _Keys) -> JsonValue:
        match kind, value:
            case msgspec.inspect.UnionType(types=types), _:  # an optional field: its type or UNSET
                return self._value(types[0], value, path, keys)
            case msgspec.inspect.StructType(), dict():
                return self._object(kind, value, path, keys)
            case msgspec.inspect.ListType(item_type=item), list():
                return [
                    self._value(item, each, f"{path}[{number}]", (*keys, number)) for number, each in enumerate(value)
                ]
            case msgspec.inspect.DateTimeType(), str():
                return self._time(value, path, keys)
        return value

    def _object(
        self, struct: msgspec.inspect.StructType, value: dict[str, JsonValue], path: str, keys: _Keys
    ) -> dict[str, JsonValue]:
        fields = {field.encode_name: field for field in struct.fields}
        kept: dict[str, JsonValue] = {}
        for name, item in value.items():
            field, place = fields.get(name), f"{path}.{name}"
            if self._only_seconds and (field is None or item is None):
                kept[name] = item
            elif field is None:
                self.breaches.append(Breach("an unknown field", place))
            elif item is None and not field.required:
                self.breaches.append(Breach("null instead of an omitted field", place))
            elif field is not None:
                kept[name] = self._value(field.type, item, place, (*keys, field.name))
        return kept

    def _time(self, text: str, path: str, keys: _Keys) -> str:
        without_seconds = _TIME_WITHOUT_SECONDS.fullmatch(text)
        if without_seconds is not None:
            self.breaches.append(Breach("a time without seconds, which is not RFC 3339,", path))
            return f"{without_seconds[1]}:00{without_seconds[2]}"
        found = _TIME_WITHOUT_ZONE.fullmatch(text)
        if found is None or self._only_seconds:
            return text
        self.breaches.append(Breach("a time without a zone, which is not RFC 3339,", path))
        self.without_zone.append(keys)
        date, minutes, seconds, fraction = found.groups(default="")
        return f"{date}T{minutes}{seconds or ':00'}{fraction[:7]}Z"


def _drop_zone(message: OcppStruct, keys: Sequence[str | int]) -> None:
    parent: JsonValue = message
    for key in keys[:-1]:
        parent = parent[key] if isinstance(key, int) else getattr(parent, key)
    name = keys[-1]
    if isinstance(name, int):
        parent[name] = _naive(parent[name])
    else:
        msgspec.structs.force_setattr(parent, name, _naive(getattr(parent, name)))


def _naive(time: datetime) -> datetime:
    return time.replace(tzinfo=None)
