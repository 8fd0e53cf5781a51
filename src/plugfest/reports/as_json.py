"""The report for machines: one JSON object with the keys of `reports.model.Report`."""

from pathlib import Path

import msgspec

from plugfest.reports.files import write_text
from plugfest.reports.model import Report


def text(report: Report) -> str:
    """The report as indented JSON that ends with a line feed."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def write(path: Path, report: Report) -> None:
    """Write the report into a file.

    Raises:
        NotWritable: the file cannot be written.
    """
    write_text(path, text(report))
