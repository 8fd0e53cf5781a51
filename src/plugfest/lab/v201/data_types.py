"""The primitive data types of OCPP 2.0.1 where they are narrower than the JSON schemas (Part 2 section 2.1.4)."""

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from plugfest.lab.ports import DataTypeViolation
from plugfest.ocpp.message import JsonValue
from plugfest.ocpp.versions import V201

MAX_DECIMAL_PLACES = 3

IDENTIFIER = re.compile(r"[A-Za-z0-9*\-_=:+|@.]*")

IDENTIFIER_FIELDS = frozenset(
    {
        "AdditionalInfoType.additionalIdToken",
        "CertificateHashDataType.issuerNameHash",
        "CertificateHashDataType.serialNumber",
        "ComponentType.instance",
        "ComponentType.name",
        "IdTokenType.idToken",
        "ModemType.iccid",
        "ModemType.imsi",
        "OCSPRequestDataType.issuerNameHash",
        "OCSPRequestDataType.serialNumber",
        "VariableType.instance",
        "VariableType.name",
    }
)
"""The fields of type identifierString that a station sends, besides every transactionId."""

_FRACTION = re.compile(r"\.(\d+)")


def data_type_violations(message: str, payload: JsonValue) -> Iterator[DataTypeViolation]:
    """What a message, such as HeartbeatRequest, has in its payload that the data types exclude."""
    struct = _structs().get(message)
    if struct is not None:
        yield from _in_value(struct, payload, "$")


@cache
def _structs() -> dict[str, msgspec.inspect.Type]:
    kinds = [kind for request in V201.requests.values() for kind in (request, request.response_type)]
    return {kind.__name__: msgspec.inspect.type_info(kind) for kind in kinds}


def _in_value(kind: msgspec.inspect.Type, value: JsonValue, path: str) -> Iterator[DataTypeViolation]:
    match kind, value:
        case msgspec.inspect.UnionType(types=types), _:  # an optional field: its type or UNSET
            yield from _in_value(types[0], value, path)
        case msgspec.inspect.StructType(), dict():
            yield from _in_object(kind, value, path)
        case msgspec.inspect.ListType(item_type=item), list():
            for number, each in enumerate(value):
                yield from _in_value(item, each, f"{path}[{number}]")
        case msgspec.inspect.DateTimeType(), str():
            fraction = _FRACTION.search(value)
            if fraction is not None and len(fraction[1]) > MAX_DECIMAL_PLACES:
                expected = f"a dateTime with at most {MAX_DECIMAL_PLACES} decimal places of a second"
                yield DataTypeViolation(path, expected, value)


def _in_object(
    struct: msgspec.inspect.StructType, value: dict[str, JsonValue], path: str
) -> Iterator[DataTypeViolation]:
    for field in struct.fields:
        name = field.encode_name
        if name not in value:
            continue
        item, place = value[name], f"{path}.{name}"
        is_identifier = name == "transactionId" or f"{struct.cls.__name__}.{name}" in IDENTIFIER_FIELDS
        if is_identifier and isinstance(item, str) and not IDENTIFIER.fullmatch(item):
            yield DataTypeViolation(place, "an identifierString: letters, digits and * - _ = : + | @ .", repr(item))
        yield from _in_value(field.type, item, place)
