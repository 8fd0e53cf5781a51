"""Write the JSON Schema of a report from its structs: `python -m tools.report_schema`."""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

import msgspec

from plugfest.reports.model.report import FORMAT_VERSION, Document
from plugfest.reports.signing.signature_line import SignatureLine

SCHEMA: Final = Path(__file__).parents[1] / "docs" / "report.schema.json"

HEAD: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Report of Plugfest",
    "description": "What `plugfest certify` writes as JSON about a product, or about a family of products: a self-test"
    " report, not an OCA certificate. Frames and texts hide passwords and tokens behind names such as token-1.",
}

DOCUMENTS: Final = ("Report", "FamilyReport")


def schema() -> dict[str, Any]:
    """The schema. All keys of an object are required, except the signature of a document."""
    (document, signature), parts = msgspec.json.schema_components(
        (Document, SignatureLine), ref_template="#/$defs/{name}"
    )
    for part in parts.values():
        if "description" in part:
            part["description"] = _json_description(part["description"])
        if "properties" in part:
            part["required"] = list(part["properties"])
            for key in part["properties"].values():
                key.pop("default", None)
    for name in DOCUMENTS:
        parts[name]["properties"] |= {"format": {"const": FORMAT_VERSION}, "signature": signature}
    document.pop("discriminator")
    return {**HEAD, **document, "$defs": dict(sorted(parts.items()))}


def _json_description(docstring: str) -> str:
    """A docstring with one line for each paragraph, and null for None."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in cleandoc(docstring).split("\n\n"))
    return "\n".join(paragraphs).replace("None", "null")


def text() -> str:
    """The content of the schema file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text(), encoding="utf-8")
