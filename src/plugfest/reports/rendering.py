"""Renders a report in a format, and signs it."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from plugfest.reports.formats import as_csv, as_html, as_json, as_junit, as_pdf
from plugfest.reports.model.report import Document
from plugfest.reports.signing.part_digests import SignedFormat
from plugfest.reports.signing.pdf_signature import PdfSigner
from plugfest.reports.signing.signature_line import add_signature
from plugfest.reports.signing.signer import Signer

SignedKind = SignedFormat | Literal["evidence"]
Format = SignedKind | Literal["csv"]
"""The formats of a report; `evidence` is the PDF with the evidence."""

RENDERERS: Final[Mapping[SignedKind, Callable[[Document], bytes]]] = {
    "json": lambda document: as_json.text(document).encode(),
    "html": lambda document: as_html.page(document).encode(),
    "xml": lambda document: as_junit.text(document).encode(),
    "pdf": lambda document: as_pdf.pdf(document),
    "evidence": lambda document: as_pdf.evidence_pdf(document),
}
"""The formats that can be signed. CSV cannot: it has no comments."""


def render(format: Format, document: Document, signer: Signer | None, pdf_signer: PdfSigner | None = None) -> bytes:
    """The content of a file, signed if there is a signer and the format can be signed.

    A PDF is signed by `pdf_signer` as well, after the lab.

    Raises:
        PdfNotInstalled: the PDF needs typst.
        PadesNotInstalled: the signature of the PDF needs pyHanko.
    """
    if format == "csv":
        return as_csv.text(document).encode()
    content = RENDERERS[format](document)
    form: SignedFormat = "pdf" if format == "evidence" else format
    if signer is not None:
        content = add_signature(form, content, RENDERERS["json"](document), signer)
    if form == "pdf" and pdf_signer is not None:
        content = pdf_signer.sign(content, document.reports[0].approval)
    return content
