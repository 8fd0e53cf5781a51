"""The options for the signature of PDFs that PDF readers understand."""

from pathlib import Path

import click
import msgspec

from plugfest.cli.options.pdf_signing import LAB
from plugfest.cli.terminal.standard_output import prompt
from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.signing.lab_key import InvalidKey
from plugfest.reports.signing.pdf_certificate import PdfCertificate, WrongPassword, lab_certificate, load_pkcs12
from plugfest.reports.signing.pdf_signature import PadesNotInstalled, PdfSigner, check_installed
from plugfest.reports.signing.signer import Signer


class PdfSigningOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The values of these options."""

    pdf_certificate: str | None = None
    pdf_password_file: Path | None = None

    def pdf_signer(self, lab: Signer | None) -> PdfSigner | None:
        """The signer of PDFs; None if they are not signed. Asks for a password if one is needed.

        Raises:
            UsageError: pyHanko is not installed, or the lab does not sign this report.
            InvalidKey: the file or its password cannot be used.
        """
        if self.pdf_certificate is None:
            if self.pdf_password_file is not None:
                raise click.UsageError("--sign-pdf-password needs --sign-pdf FILE.")
            return None
        try:
            check_installed()
        except PadesNotInstalled as error:
            raise click.UsageError(f"{error}.") from None
        if self.pdf_certificate != LAB:
            return PdfSigner(self._of_file(Path(self.pdf_certificate)))
        if lab is None:
            raise click.UsageError("--sign-pdf lab needs the key that signs the report.")
        return PdfSigner(lab_certificate(lab))

    def _of_file(self, path: Path) -> PdfCertificate:
        if self.pdf_password_file is not None:
            return load_pkcs12(path, _first_line(self.pdf_password_file))
        try:
            return load_pkcs12(path, "")
        except WrongPassword:
            return load_pkcs12(path, prompt(f"Password of {path}", hide_input=True))


def _first_line(path: Path) -> str:
    try:
        lines = read_bytes(path).decode().splitlines()
    except NotReadable as error:
        raise InvalidKey(str(error)) from None
    except UnicodeDecodeError:
        raise InvalidKey(f"the password in {path} is not UTF-8") from None
    return lines[0] if lines else ""
