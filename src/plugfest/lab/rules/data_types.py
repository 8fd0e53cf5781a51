"""The data types of the fields of a message, where the text of OCPP is narrower than its JSON schemas.

Each version has a table: the data type of every text that a station sends.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
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

    def violations(self, message: str, payload: JsonValue) -> Iterator[DataTypeViolation]:
        """What a message, such as HeartbeatRequest, has in its payload that the data types exclude."""
        struct = _structs(self._protocol.name, tuple(self._protocol.requests.values())).get(message)
        if struct is not None:
            yield from self._in_value(struct, payload, "$", free(""))

    def _in_value(
        self, kind: msgspec.inspect.Type, value: JsonValue, path: str, text: DataType
    ) -> Iterator[DataTypeViolation]:
        match kind, value:
            case msgspec.inspect.UnionType(types=types), _:  # an optional field: its type or UNSET
                yield from self._in_value(types[0], value, path, text)
            case msgspec.inspect.StructType(), dict():
                yield from self._in_object(kind, value, path)
            case msgspec.inspect.ListType(item_type=item), list():
                for number, each in enumerate(value):
                    yield from self._in_value(item, each, f"{path}[{number}]", text)
            case msgspec.inspect.DateTimeType(), str():
                yield from _in_text(self.times, value, path)
            case msgspec.inspect.StrType(), str():
                yield from _in_text(text, value, path)
            case msgspec.inspect.IntType(), int() if self._integers is not None:
                bits, requirement = self._integers
                if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
                    yield DataTypeViolation(path, f"an integer of {bits} bits", str(value), requirement)

    def _in_object(
        self, struct: msgspec.inspect.StructType, value: dict[str, JsonValue], path: str
    ) -> Iterator[DataTypeViolation]:
        for field in struct.fields:
            name = field.encode_name
            if name in value:
                text = self.fields.get(f"{struct.cls.__name__}.{name}", free(""))
                yield from self._in_value(field.type, value[name], f"{path}.{name}", text)


def _in_text(data_type: DataType, value: str, path: str) -> Iterator[DataTypeViolation]:
    if data_type.holds is not None and not data_type.holds(value):
        yield DataTypeViolation(path, data_type.expected, repr(value), data_type.requirement, data_type.level)


@cache
def _structs(_version: str, requests: tuple[type, ...]) -> dict[str, msgspec.inspect.Type]:
    kinds = [kind for request in requests for kind in (request, request.response_type)]  # type: ignore[attr-defined]
    return {kind.__name__: msgspec.inspect.type_info(kind) for kind in kinds}
