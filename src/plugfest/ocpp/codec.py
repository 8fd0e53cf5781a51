"""Messages to JSON payloads and back. Decoding is validation; what we encode is validated too."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from plugfest.ocpp.errors import ErrorCode, OursError, TheirsError
from plugfest.ocpp.message import CustomData, JsonValue, OcppStruct
from plugfest.ocpp.times import Tree, times_of

MessageT = TypeVar("MessageT", bound=OcppStruct)

# From the text of msgspec's complaint to the code that the peer gets; the first that matches counts.
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
_PLACE: Final = re.compile(r" - at `(?P<path>.*)`$")


def encode(message: OcppStruct) -> bytes:
    """The JSON payload of a message. Raises OursError if the message breaks its own schema."""
    try:
        raw = msgspec.json.encode(
            _write_times(msgspec.to_builtins(message, builtin_types=(datetime,)), times_of(type(message)))
        )
        decode(type(message), raw)
    except (TheirsError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise OursError(f"{type(message).__name__} is not valid: {error}") from error
    return raw


def decode(message_type: type[MessageT], raw: bytes | msgspec.Raw) -> MessageT:
    """The message in a JSON payload. Raises TheirsError with the code to answer with.

    A payload of null is an empty object: 2.0.1 Part 4, 4.1.5 and 1.6J, 4.2.1 allow both for "no payload".
    """
    decoder: msgspec.json.Decoder[MessageT] = _decoder(message_type)
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        if bytes(raw) == b"null":
            return decode(message_type, b"{}")
        raise _theirs(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TheirsError(ErrorCode.FormatViolation, f"payload is not valid JSON: {error}") from None


@cache
def _decoder(message_type: type[MessageT]) -> msgspec.json.Decoder[MessageT]:
    return msgspec.json.Decoder(message_type, dec_hook=_decode_custom_data)


def _decode_custom_data(wanted: type, value: Any) -> CustomData:
    """The only type that msgspec does not know by itself is CustomData."""
    if not isinstance(value, dict):
        raise TypeError(f"Expected `object` for `{wanted.__name__}`")
    return CustomData(value)


def _theirs(complaint: str) -> TheirsError:
    place = _PLACE.search(complaint)
    code = next(code for pattern, code in _CODES if pattern.search(complaint))
    return TheirsError(code, _PLACE.sub("", complaint), place["path"] if place else "$")


def _write_times(payload: JsonValue, times: Tree) -> JsonValue:
    """A payload with its dates and times as text; it is changed in place."""
    for name, below in times.items():
        member = payload.get(name)
        if member is None:
            continue
        if below is None:
            payload[name] = _wire_time(member)
        elif type(member) is list:
            for item in member:
                _write_times(item, below)
        else:
            _write_times(member, below)
    return payload


def _wire_time(moment: datetime) -> str:
    """RFC 3339 in UTC, with no more than three decimals, and none where there is nothing to say (2.0.1 Part 2, 3.1)."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    precision = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec=precision)[: -len("+00:00")] + "Z"
