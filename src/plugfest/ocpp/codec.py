"""Converts messages to JSON payloads and back. Decoding validates the payload; encoding validates ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from plugfest.ocpp.errors import ErrorCode, LocalError, RemoteError
from plugfest.ocpp.message import CustomData, JsonValue, OcppStruct

MessageT = TypeVar("MessageT", bound=OcppStruct)

# Patterns of msgspec's error texts, and the error code of each. The first match counts.
_CODES: Final = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"^Expected `object`, got `\w+`$", ErrorCode.FormatViolation),  # the payload itself: no path follows
        (r"unknown field", ErrorCode.FormatViolation),
        (r"missing required field|^Expected `array` of length", ErrorCode.OccurrenceConstraintViolation),
        (r"^Expected `[^`]+`( \|[^,]*)?, got|^Expected `\w+` for", ErrorCode.TypeConstraintViolation),
        (r"", ErrorCode.PropertyConstraintViolation),  # length, range, enumeration, date and time, URI, digits
    )
)
_PATH: Final = re.compile(r" - at `(?P<path>.*)`$")
_EXPECTED_INTEGER: Final = re.compile(r"^Expected `int[^`]*`, got `float`|^Expected `int \| null`, got `float`")

_CUSTOM_DATA: Final = b'"customData":'

_TO_SECONDS: Final = len("2026-01-01T12:00:00")
_TO_MILLISECONDS: Final = len("2026-01-01T12:00:00.000")

_EXACT_FLOATS: Final = 2.0**53
"""Whole numbers up to this size are exact as floats."""

_TimeFields: TypeAlias = "dict[str, _TimeFields | None]"
"""The date-time fields of a message by wire name: None for a date-time, else the fields of the object or list items."""


def encode(message: OcppStruct) -> bytes:
    """The JSON payload of a message. Raises LocalError if the message violates its own schema."""
    try:
        raw = _written(message)
        decode(type(message), raw)
    except (RemoteError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise LocalError(f"{type(message).__name__} is not valid: {error}") from error
    return raw


def size(message: OcppStruct) -> int:
    """The bytes of the JSON payload of a valid message."""
    return len(_written(message))


def _written(message: OcppStruct) -> bytes:
    raw = msgspec.json.encode(message)
    other_times = _other_times(type(message))
    if other_times is None:
        return raw
    if _CUSTOM_DATA in raw:  # which may have texts that look like date-times
        payload = msgspec.to_builtins(message, builtin_types=(datetime,))
        return msgspec.json.encode(_write_times(payload, _time_fields(type(message))))
    return other_times.sub(_in_wire_form, raw)


def _in_wire_form(time: re.Match[bytes]) -> bytes:
    field, text = time.groups()
    if text.endswith(b"Z"):
        seconds, milliseconds = text[:_TO_SECONDS], text[_TO_SECONDS:_TO_MILLISECONDS]
        return field + seconds + (b"" if milliseconds == b".000" else milliseconds) + b"Z"
    return field + wire_time(datetime.fromisoformat(text.decode())).encode()


@cache
def _other_times(message_type: type[OcppStruct]) -> re.Pattern[bytes] | None:
    """The date-times of a message as msgspec writes them, where OCPP wants another form; None if it can have none."""
    names = sorted(_names(_time_fields(message_type)))
    if not names:
        return None
    text = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6}Z|(?:\.\d{6})?[+-]\d\d:\d\d)"
    return re.compile(rf'("(?:{"|".join(names)})":")({text})(?=")'.encode())


def _names(times: _TimeFields) -> set[str]:
    """The wire names of date-times. No other text of the same message has such a name."""
    inner = [_names(fields) for fields in times.values() if fields is not None]
    return {name for name, fields in times.items() if fields is None}.union(*inner)


def decode(message_type: type[MessageT], raw: bytes | msgspec.Raw) -> MessageT:
    """The message in a JSON payload. Raises RemoteError with the code for the CALLERROR.

    A payload of null counts as an empty object: 2.0.1 Part 4, 4.1.5 and 1.6J, 4.2.1 allow both for "no payload". In
    2.0.1, 5.0 is an integer (JSON Schema draft-06); in 1.6 it is not (draft-04).
    """
    decoder: msgspec.json.Decoder[MessageT] = _decoder(message_type)
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        if bytes(raw) == b"null":
            return decode(message_type, b"{}")
        if is_of_v201(message_type) and _EXPECTED_INTEGER.match(str(error)):
            return _decode_with_whole_numbers(message_type, raw)
        raise _remote_error(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RemoteError(ErrorCode.FormatViolation, f"payload is not valid JSON: {error}") from None


def is_of_v201(message_type: type[OcppStruct]) -> bool:
    """Whether the message is one of OCPP 2.0.1."""
    return ".v201." in message_type.__module__


def has_times(message_type: type[OcppStruct]) -> bool:
    """Whether a message of this type may contain a date-time."""
    return bool(_time_fields(message_type))


def is_whole(value: JsonValue) -> bool:
    """Whether a value is a number that is written with a fraction or exponent, and has none, such as 5.0."""
    return isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT_FLOATS


def _decode_with_whole_numbers(message_type: type[MessageT], raw: bytes | msgspec.Raw) -> MessageT:
    payload = _with_integers(msgspec.inspect.type_info(message_type), msgspec.json.decode(raw))
    decoder: msgspec.json.Decoder[MessageT] = _decoder(message_type)
    try:
        return decoder.decode(msgspec.json.encode(payload))
    except msgspec.ValidationError as error:
        raise _remote_error(str(error)) from None


def _with_integers(kind: msgspec.inspect.Type, value: JsonValue) -> JsonValue:
    match kind, value:
        case msgspec.inspect.UnionType(types=types), _:  # an optional field: its type or UNSET
            return _with_integers(types[0], value)
        case msgspec.inspect.StructType(fields=fields), dict():
            kinds = {field.encode_name: field.type for field in fields}
            return {name: _with_integers(kinds[name], item) if name in kinds else item for name, item in value.items()}
        case msgspec.inspect.ListType(item_type=item_type), list():
            return [_with_integers(item_type, item) for item in value]
        case msgspec.inspect.IntType(), float() if is_whole(value):
            return int(value)
    return value


@cache
def _decoder(message_type: type[MessageT]) -> msgspec.json.Decoder[MessageT]:
    return msgspec.json.Decoder(message_type, dec_hook=_decode_custom_data)


def _decode_custom_data(expected: type, value: Any) -> CustomData:
    """msgspec's hook for types that it does not know. CustomData is the only one."""
    if not isinstance(value, dict):
        raise TypeError(f"Expected `object` for `{expected.__name__}`")
    return CustomData(value)


def _remote_error(text: str) -> RemoteError:
    path = _PATH.search(text)
    code = next(code for pattern, code in _CODES if pattern.search(text))
    return RemoteError(code, _PATH.sub("", text), path["path"] if path else "$")


def _write_times(payload: JsonValue, times: _TimeFields) -> JsonValue:
    """The payload with its date-times as text, changed in place."""
    for name, inner in times.items():
        value = payload.get(name)
        if value is None:
            continue
        if inner is None:
            payload[name] = wire_time(value)
        elif type(value) is list:
            for item in value:
                _write_times(item, inner)
        else:
            _write_times(value, inner)
    return payload


def wire_time(moment: datetime) -> str:
    """RFC 3339 in UTC with at most three decimals, and none for whole seconds (2.0.1 Part 2, 3.1).

    In the first or last hours of the calendar, which do not exist in UTC, it keeps its zone: 9999-12-31T23:00:00-14:00.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    precision = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    try:
        in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except OverflowError:
        return moment.isoformat(timespec=precision)
    return in_utc.isoformat(timespec=precision)[: -len("+00:00")] + "Z"


@cache
def _time_fields(message_type: type[OcppStruct]) -> _TimeFields:
    """Every date-time field that a message of this type may have."""
    info = msgspec.inspect.type_info(message_type)
    assert isinstance(info, msgspec.inspect.StructType)
    return _time_fields_of_struct(info)


def _time_fields_of_struct(struct: msgspec.inspect.StructType) -> _TimeFields:
    fields: _TimeFields = {}
    for field in struct.fields:
        inner = _time_fields_of_type(field.type)
        if inner != {}:
            fields[field.encode_name] = inner
    return fields


def _time_fields_of_type(kind: msgspec.inspect.Type) -> _TimeFields | None:
    match kind:
        case msgspec.inspect.DateTimeType():
            return None
        case msgspec.inspect.StructType():
            return _time_fields_of_struct(kind)
        case msgspec.inspect.ListType(item_type=item):
            return _time_fields_of_type(item)
        case msgspec.inspect.UnionType(types=types):  # an optional field: its type or UNSET
            return next((fields for fields in map(_time_fields_of_type, types) if fields != {}), {})
    return {}
