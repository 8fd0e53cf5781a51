"""The data types of the fields of a message, where the text of OCPP is narrower than its JSON schemas.

Each version has a table: the data type of every text that a station sends.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from plugfest.lab.ports import DataTypeViolation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import JsonValue
from plugfest.ocpp.versions import Protocol

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
"""RFC 3986, a scheme included."""

LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""RFC 5646, without the order and the registry of the subtags."""

HEX_NUMBER = re.compile(r"0|[1-9A-Fa-f][0-9A-Fa-f]*")
"""A hexadecimal number without a prefix and without leading zeroes."""

HEX_BYTES = re.compile(r"([0-9A-Fa-f]{2})+")

PRINTABLE_ASCII = re.compile(r"[ -~]*")

BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class DataType(NamedTuple):
    """What a text has to look like, the clause for that, and its force. Without `holds` any text will do."""

    expected: str
    holds: Callable[[str], object] | None = None
    requirement: str = ""
    level: Level = Level.SHALL


def free(what: str) -> DataType:
    """A text that is not restricted, or that a rule judges; `what` names it."""
    return DataType(what)


def matching(pattern: re.Pattern[str], expected: str, requirement: str, level: Level = Level.SHALL) -> DataType:
    """A text that matches."""
    return DataType(expected, pattern.fullmatch, requirement, level)


def pem(label: str, requirement: str) -> DataType:
    """One PEM block or several. `label`: that of the lines BEGIN and END, a regular expression."""
    block = re.compile(rf"-----BEGIN (?P<label>{label})-----\s[A-Za-z0-9+/=\s]+-----END (?P=label)-----")
    return DataType(f"PEM, {label.rpartition(')')[2]}", block.search, requirement)


def base64(requirement: str) -> DataType:
    """Base64 in one line or in several."""
    return DataType("base64", lambda text: BASE64.fullmatch("".join(text.split())), requirement)


_Check = Callable[[JsonValue, str], Iterator[DataTypeViolation]]
"""Yields what a value at a path has that its data type excludes."""


class DataTypes:
    """The data types of a version.

    `fields`: by the name of the class and of the field, such as `IdTokenType.idToken`. `times`: the type of every
    date-time. `integers`: the bits that an integer may have, and the clause.
    """

    def __init__(
        self,
        protocol: Protocol,
        fields: Mapping[str, DataType],
        *,
        times: DataType,
        integers: tuple[int, str] | None = None,
    ) -> None:
        self._protocol = protocol
        self.fields = fields
        self.times = times
        self._integers = integers
        self._checks: dict[str, _Check | None] = {}  # of the messages; None: nothing in them is restricted

    def violations(self, message: str, payload: JsonValue) -> Iterator[DataTypeViolation]:
        """What a message, such as HeartbeatRequest, has in its payload that the data types exclude."""
        if message not in self._checks:
            kind = self._messages.get(message)
            self._checks[message] = None if kind is None else self._check(msgspec.inspect.type_info(kind), free(""))
        check = self._checks[message]
        return iter(()) if check is None else check(payload, "$")

    @cached_property
    def _messages(self) -> Mapping[str, type]:
        messages = (kind for request in self._protocol.requests.values() for kind in (request, request.response_type))
        return {kind.__name__: kind for kind in messages}

    def _check(self, kind: msgspec.inspect.Type, text: DataType) -> _Check | None:
        match kind:
            case msgspec.inspect.UnionType(types=types):  # an optional field: its type or UNSET
                return self._check(types[0], text)
            case msgspec.inspect.StructType():
                return self._check_of_object(kind)
            case msgspec.inspect.ListType(item_type=item):
                return _each(self._check(item, text))
            case msgspec.inspect.DateTimeType():
                return _text(self.times)
            case msgspec.inspect.StrType():
                return _text(text)
            case msgspec.inspect.IntType() if self._integers is not None:
                return _integer(*self._integers)
        return None

    def _check_of_object(self, struct: msgspec.inspect.StructType) -> _Check | None:
        names = {field.encode_name: field.type for field in struct.fields}
        texts = {name: self.fields.get(f"{struct.cls.__name__}.{name}", free("")) for name in names}
        found = {name: self._check(kind, texts[name]) for name, kind in names.items()}
        checks = {name: check for name, check in found.items() if check is not None}

        def check(value: JsonValue, path: str) -> Iterator[DataTypeViolation]:
            if isinstance(value, dict):
                for name, check_field in checks.items():
                    if name in value:
                        yield from check_field(value[name], f"{path}.{name}")

        return check if checks else None


def _each(check_item: _Check | None) -> _Check | None:
    if check_item is None:
        return None

    def check(value: JsonValue, path: str) -> Iterator[DataTypeViolation]:
        if isinstance(value, list):
            for number, each in enumerate(value):
                yield from check_item(each, f"{path}[{number}]")

    return check


def _text(data_type: DataType) -> _Check | None:
    holds = data_type.holds
    if holds is None:
        return None

    def check(value: JsonValue, path: str) -> Iterator[DataTypeViolation]:
        if isinstance(value, str) and not holds(value):
            yield DataTypeViolation(path, data_type.expected, repr(value), data_type.requirement, data_type.level)

    return check


def _integer(bits: int, requirement: str) -> _Check:
    def check(value: JsonValue, path: str) -> Iterator[DataTypeViolation]:
        if isinstance(value, int) and not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            yield DataTypeViolation(path, f"an integer of {bits} bits", str(value), requirement)

    return check
