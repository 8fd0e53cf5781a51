"""Verifies the signature of a report: who signed it, and what was altered."""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from importlib.util import find_spec
from typing import Final

import msgspec

from plugfest.reports.formats import as_json
from plugfest.reports.signing.part_digests import SignedFormat, changes, duplicate_keys
from plugfest.reports.signing.pdf_signature import INSTALL, PdfSignature
from plugfest.reports.signing.signature_line import SignatureLine, SignedFile, split_signature
from plugfest.reports.signing.signer import fingerprint_of


class SignatureState(StrEnum):
    """The result of a verification."""

    INTACT = "intact"
    ALTERED = "altered"
    UNSIGNED = "unsigned"


NO_SIGNATURE: Final = "no signature: the file was never signed, was truncated, or its signature was removed"
SIGNATURE_LINE_ALTERED: Final = "the signature line was altered"
NOT_GENUINE: Final = "the signature line was altered, or was not signed with the key that it names"
CONTENT_ALTERED_TOO: Final = "the report does not match the signature line either"
CARRIAGE_RETURNS: Final = "line ends were changed to CR LF"
ONLY_CARRIAGE_RETURNS: Final = f"{CARRIAGE_RETURNS}, and nothing else"
REWRITTEN: Final = "another program rewrote the file with its signature"


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The verification of a file. `signer` is the fingerprint of the signing key, None if it is not certain.

    `report` is the digest of the report, equal in all formats of a report. `pdf_signatures` are those that were
    appended to a PDF.
    """

    state: SignatureState
    format: SignedFormat | None = None
    signer: str | None = None
    report: str | None = None
    problems: tuple[str, ...] = ()
    pdf_signatures: tuple[PdfSignature, ...] = ()


def verify_report(data: bytes) -> Verification:
    """Verify the content of a file. Any content has a result."""
    verification = _verified(data)
    if verification.state is not SignatureState.INTACT and b"\r\n" in data:
        restored = _verified(data.replace(b"\r\n", b"\n"))
        if restored.state is SignatureState.INTACT:
            return msgspec.structs.replace(restored, state=SignatureState.ALTERED, problems=(ONLY_CARRIAGE_RETURNS,))
        if restored.signer is not None and data.count(b"\n") == data.count(b"\r\n"):
            return msgspec.structs.replace(restored, problems=(CARRIAGE_RETURNS, *restored.problems))
    return verification


def _verified(data: bytes) -> Verification:
    file = split_signature(data)
    signature = None if file is None else file.signature
    if file is None or signature is None:
        unsigned = Verification(state=SignatureState.UNSIGNED, problems=(NO_SIGNATURE,))
        altered = Verification(state=SignatureState.ALTERED, problems=(SIGNATURE_LINE_ALTERED,))
        return _rewritten(data) or (unsigned if file is None else altered)
    content_matches = hashlib.sha256(file.content).hexdigest() == signature.content
    if not signature.is_genuine:
        not_genuine = (NOT_GENUINE,) if content_matches else (NOT_GENUINE, CONTENT_ALTERED_TOO)
        return Verification(state=SignatureState.ALTERED, format=signature.format, problems=not_genuine)
    signer = fingerprint_of(signature.public_key)
    pdf_signatures: tuple[PdfSignature, ...] = ()
    if content_matches and signature.format == "pdf" and b"startxref" in file.trailing:
        pdf_signatures, problems = _appended_to_pdf(data[: -len(file.trailing)], data)
    elif content_matches:
        problems = tuple(_other_problems(file, signature, signer))
    else:
        problems = tuple(changes(signature.format, signature.parts, file.content))
    return Verification(
        state=SignatureState.ALTERED if problems else SignatureState.INTACT,
        format=signature.format,
        signer=signer,
        report=signature.report,
        problems=problems,
        pdf_signatures=pdf_signatures,
    )


def _appended_to_pdf(original: bytes, whole: bytes) -> tuple[tuple[PdfSignature, ...], tuple[str, ...]]:
    """The signatures that were appended to a signed PDF, and the problems with what was appended."""
    appended = f"{len(whole) - len(original)} bytes were appended to the file"
    if find_spec("pyhanko") is None:
        return (), (f"{appended}; if it is a PDF signature, this checks it: {INSTALL}",)
    from plugfest.reports.signing.pdf_updates import UnsuitableUpdate, appended_signatures

    try:
        return appended_signatures(original, whole), ()
    except UnsuitableUpdate as error:
        return (), (f"{appended}: {error}",)


def _rewritten(data: bytes) -> Verification | None:
    """The verification of a JSON file that another program has decoded and encoded; None if it is not one.

    Its signature line is then not where Plugfest writes it.
    """
    try:
        report = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        signature = msgspec.json.decode(report.pop("signature", msgspec.Raw(b"null")), type=SignatureLine)
        content = msgspec.json.encode(report)
        problems = [*duplicate_keys(data), *changes(signature.format, signature.parts, content)]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if signature.format != "json" or not signature.is_genuine:
        return None
    signer = fingerprint_of(signature.public_key)
    return Verification(
        state=SignatureState.ALTERED,
        format=signature.format,
        signer=signer,
        report=signature.report,
        problems=(REWRITTEN, *dict.fromkeys(problems)),
    )


def _other_problems(file: SignedFile, signature: SignatureLine, signer: str) -> Iterator[str]:
    """The problems of a file whose content matches its digest."""
    if file.trailing:
        yield f"{len(file.trailing)} bytes were appended to the file"
    elif signature.format == "json":
        yield from _other_laboratories(file.content, signer)


def _other_laboratories(content: bytes, signer: str) -> Iterator[str]:
    """The labs that the report names other than the signer: then another lab has replaced the signature."""
    try:
        reports = as_json.read(content).reports
    except as_json.NotAReport:
        return
    for other in {report.laboratory.fingerprint for report in reports} - {None, signer}:
        yield f"the report names the lab with the key {other}, which did not sign it"
