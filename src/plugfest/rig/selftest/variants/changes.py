"""Builders of changes: other messages with the same meaning, and messages that a station may add."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from plugfest.ocpp.message import UNSET, CustomData, OcppStruct, Request, UnsetType
from plugfest.rig.selftest.variants.message_filter import Change, Message, MessageFilter

S = TypeVar("S", bound=OcppStruct)
M = TypeVar("M", bound=Message)


def always(change: Change) -> MessageFilter:
    """A filter with a change that keeps nothing from one message to the next."""
    return MessageFilter(change=lambda: change)


def changing(kind: type[M], change: Callable[[M], M]) -> MessageFilter:
    """Changes each message of this type."""
    return always(lambda message: [change(message) if isinstance(message, kind) else message])


def everywhere(kind: type[S], change: Callable[[S], S]) -> MessageFilter:
    """Changes each struct of this type, in whatever message it is."""
    return always(lambda message: [_changed_inside(message, kind, change)])


def _changed_inside(value: Any, kind: type[S], change: Callable[[S], S]) -> Any:
    """The same value, and the same object, where it contains no such struct."""
    if isinstance(value, list):
        items = [_changed_inside(item, kind, change) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if not isinstance(value, OcppStruct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    inside = {name: _changed_inside(field, kind, change) for name, field in fields.items()}
    changed = {name: field for name, field in inside.items() if field is not fields[name]}
    result = msgspec.structs.replace(value, **changed) if changed else value
    return change(result) if isinstance(result, kind) else result


def following(kinds: tuple[type[Message], ...], added: Callable[[Any], Request[Any]]) -> MessageFilter:
    """Sends another request after each message of these types."""
    return always(lambda message: [message, added(message)] if isinstance(message, kinds) else [message])


def preceding(kinds: tuple[type[Message], ...], added: Callable[[Any], Request[Any]]) -> MessageFilter:
    """Sends another request before each message of these types."""
    return always(lambda message: [added(message), message] if isinstance(message, kinds) else [message])


def splitting(kind: type[M], split: Callable[[M], Iterable[M]]) -> MessageFilter:
    """Sends several requests for each one of this type; the first is the station's own."""
    return always(lambda message: split(message) if isinstance(message, kind) else [message])


def or_else(value: S | UnsetType | Any, default: Any) -> Any:
    """The value of an optional field, or its default."""
    return default if value is UNSET else value


def unless(value: Any, default: object) -> Any:
    """The value of an optional field, omitted if it is the default."""
    return UNSET if value == default else value


# customData of OCPP 2.0.1

_VENDOR_DATA = CustomData(vendorId="org.example", note="of the vendor", number=1)


def _with_custom_data(struct: S) -> S:
    has_field = "custom_data" in struct.__struct_fields__
    return msgspec.structs.replace(struct, custom_data=_VENDOR_DATA) if has_field else struct


CUSTOM_DATA_IN_MESSAGES = always(lambda message: [_with_custom_data(message)])
"""customData beside the fields of every message."""

CUSTOM_DATA_EVERYWHERE = everywhere(OcppStruct, _with_custom_data)
"""customData in every message, and in every structure inside."""


# JSON


def _reversed_fields(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed_fields(value[name]) for name in reversed(value)}
    return [_reversed_fields(item) for item in value] if isinstance(value, list) else value


def with_spaces(payload: bytes) -> bytes:
    """Line breaks and spaces."""
    return msgspec.json.format(payload, indent=2)


def with_reversed_fields(payload: bytes) -> bytes:
    """The fields in reverse order."""
    return msgspec.json.encode(_reversed_fields(msgspec.json.decode(payload)))
