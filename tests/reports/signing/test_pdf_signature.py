"""PDFs that are signed for PDF readers: valid by pyHanko's own validator, and still signed by the lab."""

from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from tests.reports import campaigns
from tests.reports.signed import OTHER_SIGNER, SIGNER

from plugfest.reports.model.approval import Approval
from plugfest.reports.rendering import render
from plugfest.reports.signing import pdf_signature, verification
from plugfest.reports.signing.lab_key import InvalidKey
from plugfest.reports.signing.pdf_certificate import PdfCertificate, WrongPassword, lab_certificate, load_pkcs12
from plugfest.reports.signing.pdf_signature import PadesNotInstalled, PdfSigner
from plugfest.reports.signing.verification import SignatureState, verify_report

LAB = PdfSigner(lab_certificate(SIGNER))
Change = str


@cache
def signed_by_lab() -> bytes:
    return render("pdf", campaigns.report(signer=SIGNER), SIGNER)


@cache
def signed() -> bytes:
    """A PDF with the signature line of the lab, and then a PDF signature."""
    return render("pdf", campaigns.report(signer=SIGNER), SIGNER, LAB)


def person(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Grace Hopper")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


@cache
def of_a_person() -> PdfCertificate:
    key = rsa.generate_private_key(65537, 2048)
    return PdfCertificate(key, person(key))


def status_of(content: bytes, number: int, certificate: PdfCertificate) -> PdfSignatureStatus:
    """What pyHanko reports about a signature, if this certificate is trusted."""
    root = asn1.Certificate.load(certificate.certificate.public_bytes(serialization.Encoding.DER))
    signature = PdfFileReader(BytesIO(content)).embedded_signatures[number]
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    return validate_pdf_signature(signature, context, skip_diff=True)


def problem_of(content: bytes) -> str:
    checked = verify_report(content)
    assert (checked.state, checked.pdf_signatures) == (SignatureState.ALTERED, ())
    (problem,) = checked.problems
    return problem


# Signing


def test_the_signature_is_valid_by_the_validator_of_pyhanko_and_covers_the_file() -> None:
    status = status_of(signed(), 0, LAB.certificate)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


def test_it_is_a_pades_signature_with_place_and_reason() -> None:
    report = campaigns.report()
    content = LAB.sign(render("pdf", report, None), Approval(test_location="Hall 3"))
    written = PdfFileReader(BytesIO(content)).embedded_signatures[0].sig_object
    assert written["/SubFilter"] == "/ETSI.CAdES.detached"
    assert (written["/Location"], written["/Reason"]) == ("Hall 3", pdf_signature.REASON)


def test_it_is_appended_to_what_the_lab_signed() -> None:
    assert signed().startswith(signed_by_lab())


def test_both_pdfs_are_signed_and_no_other_format() -> None:
    report = campaigns.report()
    assert PdfFileReader(BytesIO(render("evidence", report, None, LAB))).embedded_signatures
    assert render("html", report, None, LAB) == render("html", report, None)


def test_it_keeps_the_standards_of_the_pdf() -> None:
    metadata = PdfFileReader(BytesIO(signed())).root["/Metadata"].data
    for standard in (b"pdfaid:part", b"pdfaid:conformance", b"pdfuaid:part"):
        assert standard in metadata


def test_without_pyhanko_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_signature, "find_spec", lambda _: None)
    with pytest.raises(
        PadesNotInstalled, match=r"needs pyHanko, which is not installed: pip install 'plugfest\[pades\]'"
    ):
        LAB.sign(b"", Approval())


# Certificates


def test_the_certificate_of_a_lab_is_always_the_same_and_names_the_lab() -> None:
    one, again, other = lab_certificate(SIGNER), lab_certificate(SIGNER), lab_certificate(OTHER_SIGNER)
    assert one.fingerprint == again.fingerprint != other.fingerprint
    assert one.certificate.subject.rfc4514_string() == f"CN=Plugfest lab {SIGNER.instance_id}"
    assert isinstance(one.key.public_key(), ec.EllipticCurvePublicKey)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())])
def test_a_pkcs12_file_with_a_password_is_loaded(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "me.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(None, key, person(key), None, BestAvailableEncryption(b"s3cret"))
    )
    assert load_pkcs12(file, "s3cret").certificate.serial_number == 7
    with pytest.raises(WrongPassword, match=r"the password of .*me\.p12 is wrong, or it is not a PKCS#12 file"):
        load_pkcs12(file, "secret")


def test_a_key_that_pdf_readers_do_not_know_is_refused(tmp_path: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    encryption = serialization.NoEncryption()
    (tmp_path / "me.p12").write_bytes(pkcs12.serialize_key_and_certificates(None, key, person(key), None, encryption))
    with pytest.raises(InvalidKey, match="no certificate with an RSA or EC key"):
        load_pkcs12(tmp_path / "me.p12", "")


def test_a_file_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidKey, match="cannot read"):
        load_pkcs12(tmp_path / "me.p12", "")


# Verification by the lab


def test_a_pdf_with_a_pdf_signature_is_intact_and_names_both_signers() -> None:
    checked = verify_report(signed())
    assert (checked.state, checked.signer, checked.problems) == (SignatureState.INTACT, SIGNER.fingerprint, ())
    (signature,) = checked.pdf_signatures
    assert signature.signer == f"Common Name: Plugfest lab {SIGNER.instance_id}"
    assert (signature.certificate, signature.visible) == (LAB.certificate.fingerprint, False)


def test_a_person_may_sign_after_the_lab() -> None:
    twice = sign_visibly(signed(), "Reviewer")
    checked = verify_report(twice)
    assert checked.state is SignatureState.INTACT
    assert [one.visible for one in checked.pdf_signatures] == [False, True]
    assert checked.pdf_signatures[1].signer == "Common Name: Grace Hopper"
    assert status_of(twice, 1, of_a_person()).intact


def test_a_person_may_sign_a_pdf_that_only_has_the_signature_line() -> None:
    checked = verify_report(sign_visibly(signed_by_lab(), "Reviewer"))
    assert (checked.state, len(checked.pdf_signatures)) == (SignatureState.INTACT, 1)


def sign_visibly(content: bytes, field: str) -> bytes:
    signer = signers.SimpleSigner.load_pkcs12_data(of_a_person().as_pkcs12(), other_certs=[])
    spec = fields.SigFieldSpec(field, on_page=0, box=(350, 60, 550, 120))
    metadata = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    written = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(content))
    signers.PdfSigner(metadata, signer, new_field_spec=spec).sign_pdf(writer, output=written)
    return written.getvalue()


def test_without_pyhanko_the_signature_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "find_spec", lambda _: None)
    length = len(signed()) - len(signed_by_lab())
    assert problem_of(signed()) == (
        f"{length} bytes were appended to the file; if it is a PDF signature, this checks it: pip install"
        " 'plugfest[pades]'"
    )


def altered(change: Change) -> IncrementalPdfFileWriter:
    """An update of the signed PDF that changes what it shows."""
    writer = IncrementalPdfFileWriter(BytesIO(signed_by_lab()))
    page = writer.root["/Pages"]["/Kids"][0]
    page = page["/Kids"][0] if "/Kids" in page else page
    match change:
        case "page":
            page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b""))
            writer.update_container(page)
        case "catalog":
            writer.root["/OpenAction"] = generic.DictionaryObject({generic.pdf_name("/S"): generic.pdf_name("/Print")})
            writer.update_root()
        case "annotation":
            note = generic.DictionaryObject({generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText")})
            annotations = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
            page["/Annots"] = annotations
            writer.update_container(page)
        case "stream":
            contents = page["/Contents"]
            contents._data = b""
            contents._encoded_data = None
            writer.update_container(contents)
        case "form":
            form = generic.DictionaryObject({generic.pdf_name("/XFA"): generic.pdf_string("x")})
            writer.root["/AcroForm"] = writer.add_object(form)
            writer.update_root()
    return writer


@pytest.mark.parametrize("change", ["page", "catalog", "annotation", "stream", "form"])
def test_an_update_that_changes_the_report_is_an_alteration_even_if_it_is_signed(change: Change) -> None:
    written = BytesIO()
    altered(change).write(written)
    problem_of(written.getvalue())
    assert " bytes were appended to the file: it " in problem_of(sign_visibly(written.getvalue(), "Reviewer"))


def test_an_update_without_a_signature_is_an_alteration() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_by_lab()))
    writer.update_root()
    written = BytesIO()
    writer.write(written)
    assert problem_of(written.getvalue()).endswith("it has no signature")


def test_every_altered_byte_is_detected() -> None:
    whole = signed()
    _, signature, after, _ = PdfFileReader(BytesIO(whole)).embedded_signatures[0].byte_range
    for place in (*range(len(signed_by_lab()), signature, 97), *range(after, len(whole), 97)):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        assert verify_report(changed).state is SignatureState.ALTERED


@pytest.mark.parametrize("offset", [2, 40, 400, 900])
def test_an_altered_signature_is_detected(offset: int) -> None:
    _, signature, _, _ = PdfFileReader(BytesIO(signed())).embedded_signatures[0].byte_range
    digit = signature + offset
    whole = signed()
    changed = whole[:digit] + (b"0" if whole[digit : digit + 1] != b"0" else b"1") + whole[digit + 1 :]
    assert verify_report(changed).state is SignatureState.ALTERED


def test_bytes_after_the_signature_are_an_alteration() -> None:
    assert "appended" in problem_of(signed() + b"more")


def test_an_altered_report_below_a_signature_is_located() -> None:
    place = len(signed_by_lab()) // 2
    whole = signed()[:place] + bytes([signed()[place] ^ 1]) + signed()[place + 1 :]
    assert problem_of(whole).startswith("bytes between ")
