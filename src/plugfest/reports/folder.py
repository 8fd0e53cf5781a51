"""The folder of a report: a file in each format, and the log."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from plugfest.reports.files import write_files
from plugfest.reports.formats.pdf_not_installed import PdfNotInstalled
from plugfest.reports.model.report import Document
from plugfest.reports.rendering import Format, render
from plugfest.reports.signing.pdf_signature import PdfSigner
from plugfest.reports.signing.signer import Signer

HTML_FILE: Final = "index.html"
JSON_FILE: Final = "report.json"
PDF_FILE: Final = "report.pdf"
EVIDENCE_FILE: Final = "evidence.pdf"
JUNIT_FILE: Final = "junit.xml"
CSV_FILE: Final = "cases.csv"
LOG_FILE: Final = "log.txt"

FORMAT_FILES: Final[Mapping[str, Format]] = {
    HTML_FILE: "html",
    JSON_FILE: "json",
    PDF_FILE: "pdf",
    EVIDENCE_FILE: "evidence",
    JUNIT_FILE: "xml",
    CSV_FILE: "csv",
}
"""The format of each file."""


class WrittenFolder(msgspec.Struct, frozen=True):
    """A report folder that was written. `missing` is the reason for a missing PDF; empty if nothing is missing."""

    page: Path
    missing: str = ""


def write_folder(
    folder: Path,
    document: Document,
    signer: Signer | None,
    other_files: Mapping[str, bytes],
    pdf_signer: PdfSigner | None = None,
) -> WrittenFolder:
    """Write every file, or none. The folder is created if it does not exist.

    `other_files` are written as they are, also in place of a format. Without typst there is no PDF; an older PDF in the
    folder is removed then.

    Raises:
        NotWritable: a file cannot be written.
    """
    contents = dict(other_files)
    missing = ""
    for name in (name for name in FORMAT_FILES if name not in other_files):
        try:
            contents[name] = render(FORMAT_FILES[name], document, signer, pdf_signer)
        except PdfNotInstalled as error:
            missing = str(error)
    write_files({folder / name: content for name, content in contents.items()})
    for name in FORMAT_FILES.keys() - contents.keys():
        (folder / name).unlink(missing_ok=True)
    return WrittenFolder(folder / HTML_FILE, missing)


def log_file(lines: Sequence[str]) -> dict[str, bytes]:
    """The log of a campaign as a file of the folder."""
    return {LOG_FILE: "".join(f"{line}\n" for line in lines).encode()}
