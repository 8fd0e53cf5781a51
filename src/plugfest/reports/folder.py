"""A report as a folder: every form of it, and what stands beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from plugfest.reports.files import write_files
from plugfest.reports.formats.as_pdf import PdfNotInstalled
from plugfest.reports.model.report import Document
from plugfest.reports.rendering import AnyForm, form
from plugfest.reports.signing.signer import Signer

PAGE, RESULTS, PRINT, JUNIT, TABLE, LOG = "index.html", "report.json", "report.pdf", "junit.xml", "cases.csv", "log.txt"

FILES: Final[Mapping[str, AnyForm]] = {PAGE: "html", RESULTS: "json", PRINT: "pdf", JUNIT: "xml", TABLE: "csv"}
"""The file of each form."""


class Folder(msgspec.Struct, frozen=True):
    """What was written. `lacks` says what is missing and what would help; it is empty where nothing is."""

    page: Path
    lacks: str = ""


def write_folder(folder: Path, document: Document, signer: Signer | None, beside: Mapping[str, bytes]) -> Folder:
    """Write the files into a folder, which is made where it is missing; all of them, or none.

    `beside` are more files, or one in the place of ours. A PDF is left out where nothing makes one, and then that of an
    earlier report does not stay either.

    Raises:
        NotWritable: one of them cannot be written.
    """
    contents = dict(beside)
    lacks = ""
    for name in (one for one in FILES if one not in beside):
        try:
            contents[name] = form(FILES[name], document, signer)
        except PdfNotInstalled as error:
            lacks = str(error)
    write_files({folder / name: content for name, content in contents.items()})
    for name in FILES.keys() - contents.keys():
        (folder / name).unlink(missing_ok=True)
    return Folder(folder / PAGE, lacks)


def log_file(lines: Sequence[str]) -> dict[str, bytes]:
    """The log of a campaign, to stand beside its report."""
    return {LOG: "".join(f"{line}\n" for line in lines).encode()}
