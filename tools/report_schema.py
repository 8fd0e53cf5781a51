"""Write the JSON Schema of a report from its structs: `python -m tools.report_schema`."""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

import msgspec

from plugfest.reports.model.report import FORMAT, Document
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
    """The schema. Every key of an object is always there, but for the signature, which only a document may have."""
    (document, signature), parts = msgspec.json.schema_components(
        (Document, SignatureLine), ref_template="#/$defs/{name}"
    )
    for part in parts.values():
        if "description" in part:
            part["description"] = _in_words_of_json(part["description"])
        if "properties" in part:
            part["required"] = list(part["properties"])
            for one in part["properties"].values():
                one.pop("default", None)
    for name in DOCUMENTS:
        parts[name]["properties"] |= {"format": {"const": FORMAT}, "signature": signature}
    document.pop("discriminator")
    return {**HEAD, **document, "$defs": dict(sorted(parts.items()))}


def _in_words_of_json(docstring: str) -> str:
    """A docstring as one paragraph after the other, without words of Python."""
    paragraphs = (" ".join(one.split()) for one in cleandoc(docstring).split("\n\n"))
    return "\n".join(paragraphs).replace("None", "null")


def text() -> str:
    """The file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text(), encoding="utf-8")
