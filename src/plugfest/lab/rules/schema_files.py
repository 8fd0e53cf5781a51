"""The JSON schemas of OCPP from the files of the PyPI package `ocpp`, corrected where they differ from OCPP.

The files equal those of the Open Charge Alliance (OCA) except for the corrections listed here. The package itself is
not imported: only its files are read.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec, module_from_spec
from typing import Any, Final

from plugfest.lab.verdict import LabError

Schema = dict[str, Any]

VERSIONS: Final = ("v16", "v201")


class SchemaFilesMissing(LabError):
    """The package with the schema files is not installed."""


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


OVERRIDES: Final[dict[tuple[str, str], Callable[[Schema], None]]] = {
    ("v201", "Get15118EVCertificateResponse"): _exi_response_length,
    ("v16", "MeterValuesRequest"): _no_unit_hertz,
    ("v16", "StopTransactionRequest"): _sampled_values_present,
}


def load_schema(version: str, message: str) -> Schema | None:
    """The schema of a message ("v201", "BootNotificationRequest"); None if the version has no such message."""
    file = schema_files(version).get(message)
    if file is None:
        return None
    schema: Schema = json.loads(file.read_text("utf-8-sig"))
    correct = OVERRIDES.get((version, message))
    if correct is not None:
        correct(schema)
    return schema


def load_schemas(version: str) -> dict[str, Schema]:
    """The schemas of a version ("v16" or "v201") by message name, such as BootNotificationRequest."""
    loaded = ((name, load_schema(version, name)) for name in sorted(schema_files(version)))
    return {name: schema for name, schema in loaded if schema is not None}


@cache
def schema_files(version: str) -> dict[str, Traversable]:
    """The files of a version by message name. Raises SchemaFilesMissing."""
    return dict(_named_files(version))


def _named_files(version: str) -> Iterator[tuple[str, Traversable]]:
    for file in files(module_from_spec(_package())).joinpath(version, "schemas").iterdir():
        if file.name.endswith(".json"):
            yield _message_name(file.name.removesuffix(".json")), file


def _package() -> ModuleSpec:
    """The package without importing it, which takes half a second."""
    package = find_spec("ocpp")
    if package is None:
        raise SchemaFilesMissing("the JSON schema files of OCPP are missing: install them with `pip install ocpp`")
    return package


def _message_name(stem: str) -> str:
    return stem if stem.endswith(("Request", "Response")) else f"{stem}Request"
