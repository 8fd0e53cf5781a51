"""The report for machines: one JSON object with the keys of `reports.model.Document`."""

from pathlib import Path

import msgspec

from plugfest.reports.files import write_text
from plugfest.reports.model import Document


def text(document: Document) -> str:
    """The report as indented JSON that ends with a line feed."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def write(path: Path, document: Document) -> None:
    """Write the report into a file.

    Raises:
        NotWritable: the file cannot be written.
    """
    write_text(path, text(document))
