"""Write plugfest/lab/rules/schemas from the PyPI package `ocpp`: `python -m tools.generate_schemas [--check]`.

Taken from its files: what decides whether a message is valid. Not taken: titles, descriptions, comments, ids, defaults,
names of Java classes. The files of the package equal those of the Open Charge Alliance (OCA) except for CORRECTIONS.
"""

import json
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from tools.generated_files import write_or_check

from plugfest.lab.rules.schema_files import FOLDER, VERSIONS, Schema

FILES: Final = Path(str(FOLDER))

KEYWORDS: Final = frozenset(
    [
        "$ref",
        "$schema",
        "additionalProperties",
        "enum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "required",
        "type",
    ]
)
"""The keywords that validate, without those that hold schemas by name."""

SCHEMAS_BY_NAME: Final = frozenset({"properties", "definitions"})

ANNOTATIONS: Final = frozenset(["$id", "comment", "default", "description", "id", "javaType", "title"])

WITHOUT_EFFECT: Final = frozenset({"additionalItems"})
"""Of arrays whose items all have one schema."""


class UnknownKeyword(ValueError):
    """A schema has a keyword of which it is not known whether it validates."""


def _exi_response_length(schema: Schema) -> None:
    """The OCA's file of 2.0.1 Edition 3 limits exiResponse to 5600 characters, the package's file to 7500."""
    schema["properties"]["exiResponse"]["maxLength"] = 5600


def _no_unit_hertz(schema: Schema) -> None:
    """1.6 has no unit for frequency (1.6 errata sheet, page 100, 7.31); the OCA's file has no Hertz."""
    meter_value = schema["properties"]["meterValue"]["items"]
    meter_value["properties"]["sampledValue"]["items"]["properties"]["unit"]["enum"].remove("Hertz")


def _sampled_values_present(schema: Schema) -> None:
    """A MeterValue has at least one SampledValue (1.6, 7.33: 1..*), as in the package's file of MeterValues."""
    schema["properties"]["transactionData"]["items"]["properties"]["sampledValue"]["minItems"] = 1


CORRECTIONS: Final[dict[tuple[str, str], Callable[[Schema], None]]] = {
    ("v201", "Get15118EVCertificateResponse"): _exi_response_length,
    ("v16", "MeterValuesRequest"): _no_unit_hertz,
    ("v16", "StopTransactionRequest"): _sampled_values_present,
}


def packaged_schemas(version: str) -> dict[str, Schema]:
    """The schemas in the package `ocpp` as they are, by message name, such as BootNotificationRequest."""
    folder = files("ocpp").joinpath(version, "schemas")
    found = (file for file in folder.iterdir() if file.name.endswith(".json"))
    loaded = ((_message_name(file.name.removesuffix(".json")), file.read_text("utf-8-sig")) for file in found)
    return {name: json.loads(text) for name, text in sorted(loaded)}


def _message_name(stem: str) -> str:
    return stem if stem.endswith(("Request", "Response")) else f"{stem}Request"


def corrected_schemas(version: str) -> dict[str, Schema]:
    """The schemas in the package, without annotations, with the corrections."""
    schemas = {name: without_annotations(schema) for name, schema in packaged_schemas(version).items()}
    for (corrected, message), correct in CORRECTIONS.items():
        if corrected == version:
            correct(schemas[message])
    return schemas


def without_annotations(schema: Schema) -> Schema:
    """The schema with only the keywords that validate. Raises UnknownKeyword."""
    kept: Schema = {}
    for keyword, value in schema.items():
        if keyword in SCHEMAS_BY_NAME:
            kept[keyword] = {name: without_annotations(one) for name, one in value.items()}
        elif keyword in KEYWORDS:
            kept[keyword] = without_annotations(value) if isinstance(value, dict) else value
        elif keyword not in ANNOTATIONS | WITHOUT_EFFECT:
            raise UnknownKeyword(keyword)
    return kept


def file_text(version: str) -> str:
    """The text of the file of a version: each definition that messages share once, one line each."""
    schemas = corrected_schemas(version)
    definitions: dict[str, Schema] = {}
    for schema in schemas.values():
        for name, definition in schema.pop("definitions", {}).items():
            if definitions.setdefault(name, definition) != definition:
                raise ValueError(f"two different definitions of {name}")
    return "".join(_lines({"definitions": definitions, "messages": schemas}))


def _lines(sections: dict[str, dict[str, Schema]]) -> Iterator[str]:
    opening = "{"
    for section, entries in sections.items():
        yield f'{opening}"{section}":{{\n'
        yield ",\n".join(f'"{name}":{_compact(schema)}' for name, schema in sorted(entries.items()))
        opening = "\n},"
    yield "\n}}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main(arguments: list[str]) -> int:
    """Write the files; with --check only list those that are not up to date, and return 1 if there are any."""
    files = ((FILES / f"{version}.json", file_text(version)) for version in VERSIONS)
    return write_or_check(files, FILES, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
