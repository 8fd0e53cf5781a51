"""A report as a folder: the page for people, the results for machines, and every frame as evidence."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from plugfest.lab.record import Frame
from plugfest.products import Product
from plugfest.reports import as_html, as_json
from plugfest.reports.files import write_text
from plugfest.reports.model import Report

PAGE, RESULTS, FRAMES = "index.html", "report.json", "frames.jsonl"


def write_folder(folder: Path, report: Report, product: Product, frames: Sequence[Frame]) -> Path:
    """Write the three files into a folder, which is made where it is missing. Returns the page's path.

    Raises:
        NotWritable: one of them cannot be written.
    """
    page = folder / PAGE
    write_text(page, as_html.page(report, product, frames))
    as_json.write(folder / RESULTS, report)
    write_text(folder / FRAMES, "".join(f"{msgspec.json.encode(frame).decode()}\n" for frame in frames))
    return page
