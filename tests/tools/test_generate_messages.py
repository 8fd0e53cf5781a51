"""The committed messages are those that the schema files give."""

import pytest
from tools.generate_messages import Definitions, generate

from plugfest.lab.rules.schema_files import VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_the_committed_modules_are_what_the_generator_writes(version):
    for path, text in generate(version).items():
        assert path.read_text() == text, f"{path.name} of {version}: run `make generate`"


def test_no_default_and_no_prose_of_a_schema_reaches_the_modules():
    types = next(text for path, text in generate("v201").items() if path.name == "types.py")
    assert '= "Actual"' in types  # the value of an enumeration
    assert "attribute_type: AttributeEnumType | UnsetType = " in generate_all("v201")
    assert "urn:x-" not in types
    assert "Optional." not in types


def generate_all(version: str) -> str:
    return "".join(generate(version).values())


def test_two_definitions_of_one_name_are_refused():
    definitions = Definitions()
    definitions.add_message("ARequest", {"definitions": {"XEnumType": {"type": "string", "enum": ["a"]}}})
    definitions.add_message("AResponse", {"definitions": {"XEnumType": {"type": "string", "enum": ["a"]}}})
    with pytest.raises(ValueError, match="two different definitions of XEnumType"):
        definitions.add_message("BRequest", {"definitions": {"XEnumType": {"type": "string", "enum": ["b"]}}})


def test_types_in_place_of_1_6_are_named_after_their_owner_or_as_the_specification_names_them():
    definitions = Definitions()
    status = {"type": "object", "properties": {"status": {"type": "string", "enum": ["A"]}}}
    definitions.add_message("ResetRequest", {"properties": {"type": {"type": "string", "enum": ["Hard"]}}})
    definitions.add_message("ResetResponse", status)
    definitions.add_message("AuthorizeResponse", {"properties": {"idTagInfo": status}})
    assert set(definitions.enumerations) == {"ResetType", "ResetResponseStatus", "AuthorizationStatus"}
    assert set(definitions.types) == {"IdTagInfo"}
