"""A report as a folder: the page for people, the results for machines, every frame as evidence, and the log."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from plugfest.lab.record import Frame
from plugfest.products import Product
from plugfest.reports import as_html, as_json
from plugfest.reports.files import write_text
from plugfest.reports.model import Report

PAGE, RESULTS, FRAMES, LOG = "index.html", "report.json", "frames.jsonl", "log.txt"


def write_folder(folder: Path, report: Report, product: Product, frames: Sequence[Frame], log: Sequence[str]) -> Path:
    """Write the four files into a folder, which is made where it is missing. Returns the page's path.

    Raises:
        NotWritable: one of them cannot be written.
    """
    page = folder / PAGE
    write_text(page, as_html.page(report, product, frames))
    as_json.write(folder / RESULTS, report)
    write_text(folder / FRAMES, "".join(f"{msgspec.json.encode(frame).decode()}\n" for frame in frames))
    write_text(folder / LOG, "".join(f"{line}\n" for line in log))
    return page
