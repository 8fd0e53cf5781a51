"""Decodes messages that violate the schema and can be understood nevertheless.

Some management systems add fields of a later version, write null for an omitted field, or times that are not RFC 3339.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec

from plugfest.ocpp.codec import decode, has_times, is_of_v201, is_whole
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import JsonValue, OcppStruct

MessageT = TypeVar("MessageT", bound=OcppStruct)

_Keys = tuple[str | int, ...]
"""The way to a value: names of attributes, and positions in lists."""

_TIME_WITHOUT_SECONDS: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)", re.ASCII)
"""ISO 8601, which the text of 1.6 names (3.15), and not RFC 3339, which its schemas name."""

_TIME_WITHOUT_ZONE: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(\.\d+)?")


_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

_MORE_THAN_THREE_DECIMALS: Final = re.compile(r"\.\d{4}", re.ASCII)

_TimeWithZone = Annotated[datetime, msgspec.Meta(tz=True)]

UNREADABLE_TIME: Final = datetime.min
"""Stands for the time in an answer that has none, or one that cannot be read."""


class _StandIn(NamedTuple):
    problem: str
    value: JsonValue


_STAND_INS: Final[Mapping[str, _StandIn]] = {
    "$.currentTime": _StandIn("no readable time", f"{UNREADABLE_TIME.isoformat()}Z"),
    "$.interval": _StandIn("no readable interval", 0),
}
"""Required fields of the answers to BootNotification and Heartbeat that a station can do without.

An interval of zero leaves the interval to the station (B02.FR.07, B03.FR.05).
"""


_READ_BY_PEOPLE: Final = frozenset({"reason_code", "additional_info", "content"})
"""Texts that are understood without their end, unlike identifiers and certificates."""


class MessageDefect(NamedTuple):
    """What violates the schema, and where."""

    problem: str
    path: str

    def __str__(self) -> str:
        return f"{self.problem} at {self.path}"


def decode_tolerantly(
    message_type: type[MessageT], raw: bytes | msgspec.Raw
) -> tuple[MessageT, tuple[MessageDefect, ...]]:
    """The message in the JSON payload of an answer, and what violates the specification without hiding the meaning.

    A time without a zone stays without one: its `tzinfo` is None. The current time may be UNREADABLE_TIME. An optional
    time that cannot be read is left out. Raises RemoteError if the message cannot be used.
    """
    return _decode(message_type, raw, is_request=False)


def decode_request_tolerantly(
    message_type: type[MessageT], raw: bytes | msgspec.Raw
) -> tuple[MessageT, tuple[MessageDefect, ...]]:
    """The same for a request, in which only times without seconds and whole numbers such as 5.0 are understood."""
    return _decode(message_type, raw, is_request=True)


def _decode(
    message_type: type[MessageT], raw: bytes | msgspec.Raw, *, is_request: bool
) -> tuple[MessageT, tuple[MessageDefect, ...]]:
    try:
        message = decode(message_type, raw)
    except RemoteError:
        repair = _Repair(message_type, is_request=is_request)
        payload = repair.repaired(message_type, raw)
        if not repair.defects:
            raise
    else:
        if not has_times(message_type):
            return message, ()
        repair = _Repair(message_type, is_request=is_request)
        repair.repaired(message_type, raw)  # the decoder reads more forms of a time than RFC 3339 has
        return message, tuple(repair.defects)
    message = decode(message_type, msgspec.json.encode(payload))
    for keys in repair.without_zone:
        _drop_zone(message, keys)
    return message, tuple(repair.defects)


@cache
def _type_info(message_type: type[OcppStruct]) -> msgspec.inspect.Type:
    """Computed once: every message with a time needs it."""
    return msgspec.inspect.type_info(message_type)


class _Repair:
    """`is_request`: leave everything but times without seconds and whole numbers as it is."""

    def __init__(self, message_type: type[OcppStruct], *, is_request: bool) -> None:
        self._of_v201 = is_of_v201(message_type)
        self._is_request = is_request
        self.defects: list[MessageDefect] = []
        self.without_zone: list[_Keys] = []

    def repaired(self, message_type: type[OcppStruct], raw: bytes | msgspec.Raw) -> JsonValue:
        try:
            payload = msgspec.json.decode(b"{}" if bytes(raw) == b"null" else raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return self._value(_type_info(message_type), payload, "$", ())

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
            case msgspec.inspect.StrType(max_length=int() as longest), str() if len(value) > longest:
                return self._text(value, longest, path, keys)
            case msgspec.inspect.IntType(), float() if is_whole(value):
                return self._whole_number(value, path)
        return value

    def _object(
        self, struct: msgspec.inspect.StructType, value: dict[str, JsonValue], path: str, keys: _Keys
    ) -> dict[str, JsonValue]:
        fields = {field.encode_name: field for field in struct.fields}
        kept: dict[str, JsonValue] = {}
        for name, item in value.items():
            field, place = fields.get(name), f"{path}.{name}"
            if self._is_request and (field is None or item is None):
                kept[name] = item
            elif field is None:
                self.defects.append(MessageDefect("an unknown field", place))
            elif item is None and not field.required:
                self.defects.append(MessageDefect("null instead of an omitted field", place))
            elif field is not None:
                kept[name] = self._value(field.type, item, place, (*keys, field.name))
        if not self._is_request:
            for field in struct.fields:
                self._replace_unreadable(field, kept, path, keys)
        return kept

    def _replace_unreadable(
        self, field: msgspec.inspect.Field, kept: dict[str, JsonValue], path: str, keys: _Keys
    ) -> None:
        """Leave out an optional time that cannot be read; write the stand-in of a field that has one."""
        name, place = field.encode_name, f"{path}.{field.encode_name}"
        if _is_readable(field.type, kept.get(name)):
            return
        stand_in = _STAND_INS.get(place)
        if stand_in is not None:
            self.defects.append(MessageDefect(stand_in.problem, place))
            kept[name] = stand_in.value
            if isinstance(field.type, msgspec.inspect.DateTimeType):
                self.without_zone.append((*keys, field.name))
        elif name in kept and not field.required and _is_time(field.type):
            self.defects.append(MessageDefect("no readable time", place))
            del kept[name]

    def _whole_number(self, value: float, path: str) -> int:
        if not self._of_v201:  # JSON Schema draft-04; in draft-06 it is an integer
            self.defects.append(MessageDefect("an integer with a decimal point or exponent", path))
        return int(value)

    def _text(self, text: str, longest: int, path: str, keys: _Keys) -> str:
        if self._is_request or keys[-1] not in _READ_BY_PEOPLE:
            return text
        self.defects.append(MessageDefect(f"a text of more than {longest} characters", path))
        return text[:longest]

    def _time(self, text: str, path: str, keys: _Keys) -> str:
        without_seconds = _TIME_WITHOUT_SECONDS.fullmatch(text)
        if without_seconds is not None:
            return self._repaired_time(
                text,
                f"{without_seconds[1]}:00{without_seconds[2]}",
                MessageDefect("a time without seconds, which is not RFC 3339,", path),
            )
        found = _TIME_WITHOUT_ZONE.fullmatch(text)
        if found is not None and not self._is_request:
            date, minutes, seconds, fraction = found.groups(default="")
            with_zone = f"{date}T{minutes}{seconds or ':00'}{fraction[:7]}Z"
            defect = MessageDefect("a time without a zone, which is not RFC 3339,", path)
            if _is_readable_time(with_zone):
                self.without_zone.append(keys)
            return self._repaired_time(text, with_zone, defect)
        if _RFC_3339.fullmatch(text) is None:
            return self._repaired_time(text, text, MessageDefect("a time that is not RFC 3339", path))
        if self._of_v201 and _MORE_THAN_THREE_DECIMALS.search(text):  # Part 2, 3.1
            return self._repaired_time(text, text, MessageDefect("a time with more than three decimals", path))
        return text

    def _repaired_time(self, text: str, repaired: str, defect: MessageDefect) -> str:
        """`repaired`, or `text` if that cannot be read either."""
        if not _is_readable_time(repaired):
            return text
        self.defects.append(defect)
        return repaired


def _is_time(kind: msgspec.inspect.Type) -> bool:
    if isinstance(kind, msgspec.inspect.UnionType):
        kind = kind.types[0]
    return isinstance(kind, msgspec.inspect.DateTimeType)


def _is_readable(kind: msgspec.inspect.Type, value: JsonValue) -> bool:
    """Whether a value is of this kind; always true for other kinds than times and integers."""
    if _is_time(kind):
        return isinstance(value, str) and _is_readable_time(value)
    if isinstance(kind, msgspec.inspect.IntType):
        return type(value) is int
    return True


def _is_readable_time(text: str) -> bool:
    try:
        msgspec.convert(text, _TimeWithZone)
    except msgspec.ValidationError:
        return False
    return True


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
