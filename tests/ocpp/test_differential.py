"""The structs accept and refuse the same payloads as the JSON schemas (checked by jsonschema-rs)."""

import json
from collections import defaultdict
from functools import cache

import jsonschema_rs
import msgspec
import pytest
from tests.ocpp.payloads import Payloads

from plugfest.lab.rules.schema_files import load_schemas
from plugfest.ocpp import codec
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import OcppStruct
from plugfest.ocpp.versions import V16, V201, Protocol

PROTOCOLS = {"v16": V16, "v201": V201}
MESSAGES = [(version, name) for version in PROTOCOLS for name in load_schemas(version)]

# All known differences: the change to the payload, and whether the schema accepts it. The structs do the opposite.
KNOWN_DIFFERENCES = {
    # 1.0 is an integer since draft 06 of JSON Schema; OCPP writes integers without a point (2.0.1 Part 2, 2.1.4).
    "integer as integral float": True,
    # Python's datetime has no 61st second.
    "time in a leap second": True,
    # RFC 3339 5.6 allows a space by agreement. msgspec accepts it, and an offset in the basic format of ISO 8601.
    "time with a space for T": False,
    "time with an offset without colon": False,
    # OCPP-J allows null for an empty payload (2.0.1 Part 4, 4.1.5; 1.6J, 4.2.1).
    "null instead of object as payload": False,
    # 1.6 allows one decimal digit; 0.30000000000000004 (0.1 + 0.2 in floating point) counts as 0.3.
    "number of many digits": False,
    # Only the characters of a URI are checked, not its grammar.
    "uri with brackets in its path": False,
    "uri with a port in words": False,
}


@cache
def schemas(version: str) -> dict[str, dict]:
    return load_schemas(version)


def struct_of(protocol: Protocol, name: str) -> type[OcppStruct]:
    request = protocol.requests[name.removesuffix("Request").removesuffix("Response")]
    return request if name.endswith("Request") else request.response_type


def is_accepted(struct: type[OcppStruct], payload: object) -> bool:
    try:
        codec.decode(struct, json.dumps(payload).encode())
    except RemoteError:
        return False
    return True


def validator(version: str, name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schemas(version)[name], validate_formats=True)


@cache
def differences(version: str, name: str) -> dict[str, set[bool]]:
    """The changes to a payload that struct and schema judge differently, and the verdicts of the schema."""
    schema, struct = validator(version, name), struct_of(PROTOCOLS[version], name)
    found = defaultdict(set)
    for change, _path, payload in Payloads(schemas(version)[name]).mutants():
        accepted = schema.is_valid(payload)
        if accepted is not is_accepted(struct, payload):
            found[change].add(accepted)
    return found


def test_every_message_of_both_versions_is_compared():
    assert len([name for version, name in MESSAGES if version == "v16"]) == 2 * 39
    assert len([name for version, name in MESSAGES if version == "v201"]) == 2 * 64


@pytest.mark.parametrize(("version", "name"), MESSAGES, ids=lambda value: value)
def test_valid_payloads_are_accepted_and_survive_a_round_trip(version, name):
    schema, struct = validator(version, name), struct_of(PROTOCOLS[version], name)
    payloads = Payloads(schemas(version)[name])
    for payload in (payloads.maximal(), payloads.minimal(), *(payloads.random() for _ in range(10))):
        schema.validate(payload)
        message = codec.decode(struct, json.dumps(payload).encode())
        written = codec.encode(message)
        schema.validate(json.loads(written))
        assert codec.decode(struct, written) == message
        assert same_members(json.loads(written), payload)


def same_members(written: object, read: object) -> bool:
    """Whether both have the same members: omitted ones stay omitted. (A time may be written in another zone.)"""
    match written, read:
        case dict(), dict():
            return written.keys() == read.keys() and all(same_members(written[key], read[key]) for key in read)
        case list(), list():
            return len(written) == len(read) and all(map(same_members, written, read))
    return type(written) is type(read) or isinstance(written, float)


@pytest.mark.parametrize(("version", "name"), MESSAGES, ids=lambda value: value)
def test_payloads_are_accepted_and_refused_as_by_the_schema(version, name):
    unexpected = {
        change: verdicts
        for change, verdicts in differences(version, name).items()
        if verdicts != {KNOWN_DIFFERENCES.get(change)}
    }
    assert not unexpected


def test_every_known_difference_still_exists():
    found = {change for version, name in MESSAGES for change in differences(version, name)}
    assert found == set(KNOWN_DIFFERENCES)


def test_structs_and_schemas_have_the_same_fields_in_every_message():
    for version, name in MESSAGES:
        fields = {field.encode_name for field in msgspec.structs.fields(struct_of(PROTOCOLS[version], name))}
        assert fields == set(schemas(version)[name].get("properties", {})), name
