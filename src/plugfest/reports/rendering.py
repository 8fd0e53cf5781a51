"""Renders a report in a format, and signs it. What a format needs is imported when a report is rendered in it."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from plugfest.reports.model.report import Document
from plugfest.reports.signing.part_digests import SignedFormat
from plugfest.reports.signing.pdf_signature import PdfSigner
from plugfest.reports.signing.signature_line import add_signature
from plugfest.reports.signing.signer import Signer

SignedKind = SignedFormat | Literal["evidence"]
Format = SignedKind | Literal["csv"]
"""The formats of a report; `evidence` is the PDF with the evidence."""


def _json(document: Document) -> bytes:
    from plugfest.reports.formats import as_json

    return as_json.text(document).encode()


def _html(document: Document) -> bytes:
    from plugfest.reports.formats import as_html

    return as_html.page(document).encode()


def _junit(document: Document) -> bytes:
    from plugfest.reports.formats import as_junit

    return as_junit.text(document).encode()


def _csv(document: Document) -> bytes:
    from plugfest.reports.formats import as_csv

    return as_csv.text(document).encode()


def _pdf(document: Document) -> bytes:
    from plugfest.reports.formats import as_pdf

    return as_pdf.pdf(document)


def _evidence_pdf(document: Document) -> bytes:
    from plugfest.reports.formats import as_pdf

    return as_pdf.evidence_pdf(document)


RENDERERS: Final[Mapping[SignedKind, Callable[[Document], bytes]]] = {
    "json": _json,
    "html": _html,
    "xml": _junit,
    "pdf": _pdf,
    "evidence": _evidence_pdf,
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
        return _csv(document)
    content = RENDERERS[format](document)
    form: SignedFormat = "pdf" if format == "evidence" else format
    if signer is not None:
        content = add_signature(form, content, RENDERERS["json"](document), signer)
    if form == "pdf" and pdf_signer is not None:
        content = pdf_signer.sign(content, document.reports[0].approval)
    return content
