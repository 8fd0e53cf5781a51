"""The report as a PDF: the content of the page for people, on A4, to be signed and kept.

The pages are set by typst, which is an extra. Template and data come to it apart: what a station or a PICS says is a
string in JSON for it, and never read as markup. It needs no network.
"""

import subprocess
import sys
from importlib.util import find_spec
from typing import Final

import msgspec

from plugfest.reports.formats.pdf_data import printed
from plugfest.reports.model.report import Document, FamilyReport

INSTALL: Final = "pip install 'plugfest[pdf]'"


class PdfNotInstalled(Exception):
    """What sets the pages is not installed: what to do."""


def pdf(document: Document) -> bytes:
    """The whole document. The same document gives the same bytes, on a machine with the same fonts.

    Raises:
        PdfNotInstalled: typst is not there.
    """
    if find_spec("typst") is None:
        raise PdfNotInstalled(f"typst, which makes the PDF, is not installed: {INSTALL}")
    report = document.representative if isinstance(document, FamilyReport) else document
    order = {"document": printed(document), "timestamp": int(report.run.started_at.timestamp())}
    # -P: a file in the folder where somebody works must not stand in for a module.
    command = [sys.executable, "-P", "-m", "plugfest.reports.formats.typesetting"]
    return subprocess.run(command, input=msgspec.json.encode(order), stdout=subprocess.PIPE, check=True).stdout
