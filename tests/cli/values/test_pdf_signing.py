"""The options for the signature of PDFs."""

from pathlib import Path

import click
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from tests.reports.signed import SIGNER

from plugfest.cli.options.pdf_signing import LAB
from plugfest.cli.values.pdf_signing import PdfSigningOptions
from plugfest.reports.signing import pdf_signature
from plugfest.reports.signing.lab_key import InvalidKey
from plugfest.reports.signing.pdf_certificate import lab_certificate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A PKCS#12 file with a password."""
    one = lab_certificate(SIGNER)
    encryption = BestAvailableEncryption("pässword".encode())
    path = tmp_path / "me.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(None, one.key, one.certificate, None, encryption))
    return path


def fingerprint(options: PdfSigningOptions) -> str:
    signer = options.pdf_signer(SIGNER)
    assert signer is not None
    return signer.certificate.fingerprint


def test_pdfs_are_not_signed_unless_it_is_asked_for() -> None:
    assert PdfSigningOptions().pdf_signer(SIGNER) is None


def test_lab_is_the_certificate_of_the_lab() -> None:
    assert fingerprint(PdfSigningOptions(pdf_certificate=LAB)) == lab_certificate(SIGNER).fingerprint


def test_lab_needs_the_key_that_signs_the_report() -> None:
    with pytest.raises(click.UsageError, match="--sign-pdf lab needs the key that signs the report"):
        PdfSigningOptions(pdf_certificate=LAB).pdf_signer(None)


def test_the_password_is_the_first_line_of_a_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "password.txt").write_text("pässword\nanother line\n", encoding="utf-8")
    options = PdfSigningOptions(pdf_certificate=str(file), pdf_password_file=tmp_path / "password.txt")
    assert fingerprint(options) == lab_certificate(SIGNER).fingerprint


def test_the_password_is_asked_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def prompt(text: str, *, hide_input: bool, err: bool) -> str:
        asked.append(text)
        assert (hide_input, err) == (True, True)
        return "pässword"

    monkeypatch.setattr("click.prompt", prompt)
    assert fingerprint(PdfSigningOptions(pdf_certificate=str(file))) == lab_certificate(SIGNER).fingerprint
    assert asked == [f"Password of {file}"]


@pytest.mark.parametrize(
    ("content", "error"), [(b"wrong\n", "is wrong, or"), (b"", "is wrong, or"), (b"\xff", "UTF-8")]
)
def test_a_wrong_password_is_one_line(file: Path, tmp_path: Path, content: bytes, error: str) -> None:
    (tmp_path / "password.txt").write_bytes(content)
    options = PdfSigningOptions(pdf_certificate=str(file), pdf_password_file=tmp_path / "password.txt")
    with pytest.raises(InvalidKey, match=error):
        options.pdf_signer(SIGNER)


def test_a_password_without_a_certificate_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="--sign-pdf-password needs --sign-pdf FILE"):
        PdfSigningOptions(pdf_password_file=tmp_path / "password.txt").pdf_signer(SIGNER)


def test_without_pyhanko_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_signature, "find_spec", lambda _: None)
    with pytest.raises(click.UsageError, match=r"pip install 'plugfest\[pades\]'"):
        PdfSigningOptions(pdf_certificate=LAB).pdf_signer(SIGNER)
