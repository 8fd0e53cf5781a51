"""Signs a PDF as PDF readers understand it (PAdES, ETSI EN 319 142): an update that is appended to the file.

The bytes before it stay as they are, so that the signature line of the lab remains valid. pyHanko is optional.
"""

from importlib.util import find_spec
from io import BytesIO
from typing import Final

import msgspec

from plugfest.reports.model.approval import Approval
from plugfest.reports.signing.pdf_certificate import PdfCertificate

INSTALL: Final = "pip install 'plugfest[pades]'"
FIELD: Final = "Signature of the lab"
REASON: Final = "Self-test report by Plugfest, not an OCA certificate"


class PdfSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A valid signature of a PDF. `certificate` is the SHA-256 of the signer's certificate, which is not judged.

    `visible`: a page shows a field of it.
    """

    signer: str
    certificate: str
    visible: bool


class PadesNotInstalled(Exception):
    """pyHanko is not installed. The text explains how to install it."""


def check_installed() -> None:
    """Raises PadesNotInstalled."""
    if find_spec("pyhanko") is None:
        raise PadesNotInstalled(f"signing a PDF needs pyHanko, which is not installed: {INSTALL}")


class PdfSigner(msgspec.Struct, frozen=True):
    """Signs PDFs with a certificate."""

    certificate: PdfCertificate

    def sign(self, content: bytes, approval: Approval) -> bytes:
        """The PDF with a signature appended that cannot be seen on its pages. Raises PadesNotInstalled."""
        check_installed()
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        signer = signers.SimpleSigner.load_pkcs12_data(self.certificate.as_pkcs12(), other_certs=[])
        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=REASON,
            location=approval.test_location,
        )
        # PDF/UA wants fields to be in the structure of the document, except outside of its pages.
        outside = fields.InvisSigSettings(box_out_of_bounds=True)
        field = fields.SigFieldSpec(FIELD, invis_sig_settings=outside, readable_field_name=FIELD)
        signed = BytesIO()
        signers.PdfSigner(metadata, signer, new_field_spec=field).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(content)), output=signed
        )
        return signed.getvalue()
