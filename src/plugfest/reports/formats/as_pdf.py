"""The report as a PDF for printing, signing and archiving, and its evidence as another.

typst, an optional dependency, sets the pages. The data of a report reach the template as JSON strings, so that typst
never reads text of a station or a PICS as markup.
"""

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

import msgspec

from plugfest.reports.formats.pdf_data import report_data
from plugfest.reports.formats.pdf_evidence import evidence_data
from plugfest.reports.formats.pdf_not_installed import PdfNotInstalled
from plugfest.reports.model.report import Document

INSTALL: Final = "pip install 'plugfest[pdf]'"


def pdf(document: Document) -> bytes:
    """The report, without the evidence: a short document for those who sign it.

    Raises:
        PdfNotInstalled: typst is not installed.
    """
    return _typeset("report", document, report_data)


def evidence_pdf(document: Document) -> bytes:
    """The evidence of each case: diagrams, charts and frames. In a family that of the representative product.

    Raises:
        PdfNotInstalled: typst is not installed.
    """
    return _typeset("evidence", document, evidence_data)


def _typeset(template: str, document: Document, data: Callable[[Document], object]) -> bytes:
    """The PDF. The same document gives the same bytes on a machine with the same fonts."""
    if find_spec("typst") is None:
        raise PdfNotInstalled(f"the PDF needs typst, which is not installed: {INSTALL}")
    started_at = document.reports[0].run.started_at
    job = {"template": template, "document": data(document), "timestamp": int(started_at.timestamp())}
    # -P: a file in the current folder must not replace a module.
    command = [sys.executable, "-P", "-m", "plugfest.reports.formats.typesetting"]
    return subprocess.run(command, input=msgspec.json.encode(job), stdout=subprocess.PIPE, check=True).stdout
