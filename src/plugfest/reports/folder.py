"""A report as a folder: the page for people, the results with every frame for machines, and the log."""

from collections.abc import Sequence
from pathlib import Path

from plugfest.reports import as_html, as_json
from plugfest.reports.files import write_text
from plugfest.reports.model import Document

PAGE, RESULTS, LOG = "index.html", "report.json", "log.txt"


def write_folder(folder: Path, document: Document, log: Sequence[str]) -> Path:
    """Write the files into a folder, which is made where it is missing. Returns the page's path.

    Raises:
        NotWritable: one of them cannot be written.
    """
    page = folder / PAGE
    write_text(page, as_html.page(document))
    as_json.write(folder / RESULTS, document)
    write_text(folder / LOG, "".join(f"{line}\n" for line in log))
    return page
