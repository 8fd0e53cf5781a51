"""Every form of a report as the bytes of a file, with the signature of the lab in those that can carry one."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from plugfest.reports.formats import as_csv, as_html, as_json, as_junit, as_pdf
from plugfest.reports.model.report import Document
from plugfest.reports.signing.part_digests import FormName
from plugfest.reports.signing.signature_line import sealed
from plugfest.reports.signing.signer import Signer

AnyForm = FormName | Literal["csv"]

SIGNED: Final[Mapping[FormName, Callable[[Document], bytes]]] = {
    "json": lambda document: as_json.text(document).encode(),
    "html": lambda document: as_html.page(document).encode(),
    "xml": lambda document: as_junit.text(document).encode(),
    "pdf": lambda document: as_pdf.pdf(document),
}
"""The forms that carry a signature, and who makes them."""


def form(name: AnyForm, document: Document, signer: Signer | None) -> bytes:
    """One form of a report; not signed where there is nobody to sign. A table has no room for a signature.

    Raises:
        PdfNotInstalled: nothing is there that makes PDFs.
    """
    if name == "csv":
        return as_csv.text(document).encode()
    content = SIGNED[name](document)
    return content if signer is None else sealed(name, content, SIGNED["json"](document), signer)
