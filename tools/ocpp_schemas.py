"""The JSON schemas of OCPP as the PyPI package `ocpp` carries them, put right where that package differs from OCPP.

The package's files equal those of the Open Charge Alliance but for the corrections listed here, one by one.
"""

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Final

Schema = dict[str, Any]

VERSIONS: Final = ("v16", "v201")


def _exi_response_length(schema: Schema) -> None:
    """OCA's own file of 2.0.1 Edition 3 limits exiResponse to 5600 characters, the package to 7500."""
    schema["properties"]["exiResponse"]["maxLength"] = 5600


def _no_unit_hertz(schema: Schema) -> None:
    """1.6 has no unit for frequency (1.6 errata sheet, on page 100, 7.31); OCA's file has no Hertz."""
    meter_value = schema["properties"]["meterValue"]["items"]
    meter_value["properties"]["sampledValue"]["items"]["properties"]["unit"]["enum"].remove("Hertz")


def _sampled_values_present(schema: Schema) -> None:
    """A MeterValue has at least one SampledValue (1.6, 7.33: 1..*), as the package has it in MeterValues."""
    schema["properties"]["transactionData"]["items"]["properties"]["sampledValue"]["minItems"] = 1


OVERRIDES: Final[dict[tuple[str, str], Callable[[Schema], None]]] = {
    ("v201", "Get15118EVCertificateResponse"): _exi_response_length,
    ("v16", "MeterValuesRequest"): _no_unit_hertz,
    ("v16", "StopTransactionRequest"): _sampled_values_present,
}


def _message_name(stem: str) -> str:
    return stem if stem.endswith(("Request", "Response")) else f"{stem}Request"


def _files(version: str) -> Iterator[tuple[str, Schema]]:
    for entry in files("ocpp").joinpath(version, "schemas").iterdir():
        if entry.name.endswith(".json"):
            yield _message_name(entry.name.removesuffix(".json")), json.loads(entry.read_text("utf-8-sig"))


def load_schemas(version: str) -> dict[str, Schema]:
    """The schemas of a version ("v16" or "v201") by message name, such as BootNotificationRequest."""
    schemas = dict(sorted(_files(version)))
    for (of_version, name), correct in OVERRIDES.items():
        if of_version == version:
            correct(schemas[name])
    return schemas
