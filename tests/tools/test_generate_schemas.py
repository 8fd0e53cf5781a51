"""The committed schema files judge messages as those of the PyPI package `ocpp` do, with the corrections."""

import json
from functools import cache

import jsonschema_rs
import pytest
from tests.ocpp.payloads import Payloads
from tools.generate_schemas import (
    CORRECTIONS,
    FILES,
    UnknownKeyword,
    corrected_schemas,
    file_text,
    packaged_schemas,
    without_annotations,
)

from plugfest.lab.rules.schema_files import VERSIONS, load_schema, load_schemas

MESSAGES = [(version, name) for version in VERSIONS for name in load_schemas(version)]


@cache
def packaged(version: str) -> dict[str, dict]:
    return packaged_schemas(version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_committed_file_is_what_the_tool_writes(version):
    assert (FILES / f"{version}.json").read_text() == file_text(version), "run `make generate`"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_loaded_schemas_are_those_of_the_package_without_annotations_and_with_the_corrections(version):
    assert load_schemas(version) == corrected_schemas(version)


@pytest.mark.parametrize(("version", "name"), MESSAGES, ids=lambda value: value)
def test_payloads_are_judged_as_by_the_schemas_of_the_package(version, name):
    schema = load_schemas(version)[name]
    reference = jsonschema_rs.validator_for(packaged(version)[name], validate_formats=True)
    ours = jsonschema_rs.validator_for(schema, validate_formats=True)
    differing = [
        (change, path)
        for change, path, payload in Payloads(schema).mutants()
        if ours.is_valid(payload) is not reference.is_valid(payload)
    ]
    assert bool(differing) is ((version, name) in DIFFERING)
    assert {path[-1] for _, path in differing} <= DIFFERING.get((version, name), set())


DIFFERING = {
    ("v201", "Get15118EVCertificateResponse"): {"exiResponse"},
    ("v16", "StopTransactionRequest"): {"sampledValue"},
}
"""The fields in which a mutant shows a correction. (No mutant has the unit Hertz.)"""


@pytest.mark.parametrize(("version", "message"), CORRECTIONS)
def test_every_correction_still_corrects_something_in_the_package(version, message):
    assert load_schemas(version)[message] != without_annotations(packaged(version)[message])


def test_the_length_of_an_exi_response_is_that_of_the_open_charge_alliance():
    assert load_schemas("v201")["Get15118EVCertificateResponse"]["properties"]["exiResponse"]["maxLength"] == 5600


def test_a_schema_has_the_definitions_that_it_refers_to_and_no_others():
    schema = load_schema("v201", "ResetResponse")
    assert set(schema["definitions"]) == {"CustomDataType", "ResetStatusEnumType", "StatusInfoType"}
    assert load_schema("v16", "Heartbeat") is None
    assert "definitions" not in load_schema("v16", "HeartbeatRequest")


def test_fields_with_the_name_of_an_annotation_are_kept():
    schema = {"title": "X", "properties": {"id": {"type": "string", "description": "prose"}}}
    assert without_annotations(schema) == {"properties": {"id": {"type": "string"}}}


def test_a_keyword_that_is_not_known_is_refused():
    with pytest.raises(UnknownKeyword, match="oneOf"):
        without_annotations({"properties": {"a": {"oneOf": []}}})


@pytest.mark.parametrize("version", VERSIONS)
def test_no_prose_of_a_schema_reaches_the_files(version):
    written = json.loads((FILES / f"{version}.json").read_text())
    assert [text for text in strings(written) if " " in text] == []


def strings(value):
    match value:
        case str():
            yield value
        case dict():
            yield from (text for pair in value.items() for one in pair for text in strings(one))
        case list():
            yield from (text for one in value for text in strings(one))
