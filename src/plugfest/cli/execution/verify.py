"""`plugfest verify`: verifies the signature of a report: who signed it, and what was altered."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from plugfest.cli.terminal.standard_output import discard_further_output, echo, printable, write_document
from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.folder import CSV_FILE, FORMAT_FILES, JSON_FILE
from plugfest.reports.formats import as_csv, as_json
from plugfest.reports.signing.lab_key import existing_signer
from plugfest.reports.signing.pdf_certificate import lab_certificate
from plugfest.reports.signing.pdf_signature import PdfSignature
from plugfest.reports.signing.verification import SignatureState, Verification, verify_report

INTACT, NOT_INTACT = 0, 1
MAX_PROBLEMS: Final = 20
"""Problems that are printed for a file; --json has all."""

FINGERPRINT_DIGITS, INSTANCE_ID_DIGITS = 64, 32

OTHER_SIGNER: Final = "signed by another"
OTHER_REPORT: Final = "of another report"
WRONG_CSV: Final = f"it does not match {JSON_FILE} in the same folder"


class VerifiedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The verification of a file. `own` is true if the key of this lab signed it.

    The encoded field names are the keys of the output with --json.
    """

    file: str
    state: str
    format: str | None = msgspec.field(name="form")
    signer: str | None
    own: bool
    report: str | None
    problems: tuple[str, ...]
    pdf_signatures: tuple[PdfSignature, ...] = ()


def execute(files: tuple[Path, ...], fingerprint: str | None, as_objects: bool) -> int:
    """Verify the files. Returns the exit code. Raises ClickException."""
    required = None if fingerprint is None else _digits(fingerprint)
    try:
        verified = [file for path in files for file in _verified(path, required)]
    except NotReadable as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot read {error.filename}: {error.strerror}") from None
    try:
        _print(verified, as_objects=as_objects)
    except BrokenPipeError:  # the exit code has the result
        discard_further_output()
    return INTACT if all(file.state == SignatureState.INTACT for file in verified) else NOT_INTACT


def _print(verified: Sequence[VerifiedFile], *, as_objects: bool) -> None:
    if as_objects:
        write_document(msgspec.json.format(msgspec.json.encode(verified), indent=2) + b"\n")
    else:
        for line in _lines(verified):
            echo(line)


def _digits(fingerprint: str) -> str:
    """The digits of a fingerprint without separators. Raises UsageError."""
    digits = fingerprint.lower().replace(" ", "").replace(":", "")
    if len(digits) not in (FINGERPRINT_DIGITS, INSTANCE_ID_DIGITS) or not set(digits) <= set("0123456789abcdef"):
        raise click.UsageError(
            f"--fingerprint needs {FINGERPRINT_DIGITS} hexadecimal digits, or {INSTANCE_ID_DIGITS} of an instance ID."
        )
    return digits


def _verified(path: Path, required_signer: str | None) -> Iterator[VerifiedFile]:
    """A file, or the files of a folder. Raises NotReadable."""
    if not path.is_dir():
        yield _verified_file(path, verify_report(read_bytes(path)), required_signer)
        return
    found = [path / name for name in FORMAT_FILES if (path / name).exists()]
    if not found:
        raise NotReadable(f"{path} is not the folder of a report: it has none of {', '.join(FORMAT_FILES)}")
    verified = [_verified_file(file, _verification_in_folder(file), required_signer) for file in found]
    report = next((file.report for file in verified if Path(file.file).name == JSON_FILE), None)
    for file in verified:
        differs = file.state == SignatureState.INTACT and report not in (None, file.report)
        yield msgspec.structs.replace(file, state=OTHER_REPORT) if differs else file


def _verification_in_folder(file: Path) -> Verification:
    if file.name == CSV_FILE:
        return _csv_verification(file, file.with_name(JSON_FILE))
    return verify_report(read_bytes(file))


def _csv_verification(csv_file: Path, json_file: Path) -> Verification:
    """A CSV has no signature: it is intact if it is what the intact JSON gives."""
    data = read_bytes(json_file) if json_file.exists() else b""
    verification = verify_report(data)
    if verification.state is not SignatureState.INTACT:
        return _unsigned(f"no signature, and {JSON_FILE} is not intact")
    try:
        same = as_csv.text(as_json.read(data)).encode() == read_bytes(csv_file)
    except as_json.NotAReport as error:
        return _unsigned(f"no signature, and {JSON_FILE} is {error}")
    problems = () if same else (WRONG_CSV,)
    state = SignatureState.INTACT if same else SignatureState.ALTERED
    return msgspec.structs.replace(verification, state=state, format=None, problems=problems)


def _unsigned(problem: str) -> Verification:
    return Verification(state=SignatureState.UNSIGNED, problems=(problem,))


def _verified_file(path: Path, verification: Verification, required_signer: str | None) -> VerifiedFile:
    own = existing_signer(os.environ)
    state: str = verification.state
    intact = verification.state is SignatureState.INTACT
    if required_signer is not None and intact and not str(verification.signer).startswith(required_signer):
        state = OTHER_SIGNER
    return VerifiedFile(
        file=str(path),
        state=state,
        format=verification.format,
        signer=verification.signer,
        own=own is not None and verification.signer == own.fingerprint,
        report=verification.report,
        problems=verification.problems,
        pdf_signatures=verification.pdf_signatures,
    )


def _own_certificate() -> str | None:
    """The fingerprint of the PDF certificate of this lab."""
    signer = existing_signer(os.environ)
    return None if signer is None else lab_certificate(signer).fingerprint


def _lines(verified: Sequence[VerifiedFile]) -> Iterator[str]:
    own = _own_certificate() if any(file.pdf_signatures for file in verified) else None
    for file in verified:
        state = file.state if file.state == SignatureState.INTACT else file.state.upper()
        if file.state == SignatureState.UNSIGNED:
            yield f"{printable(file.file)}: {state}: {'; '.join(file.problems)}"
            continue
        yield f"{printable(file.file)}: {state}{_signature(file)}"
        yield from (f"  {printable(_pdf_signature(one, own))}" for one in file.pdf_signatures)
        yield from (f"  {printable(problem)}" for problem in file.problems[:MAX_PROBLEMS])
        if len(file.problems) > MAX_PROBLEMS:
            yield f"  and {len(file.problems) - MAX_PROBLEMS} more"
    reports = {file.report for file in verified if file.report is not None}
    if len(reports) > 1:
        yield f"The files belong to {len(reports)} different reports."
    elif len(verified) > 1 and all(file.state == SignatureState.INTACT for file in verified):
        yield f"All files belong to one report, {reports.pop()}."


def _pdf_signature(signature: PdfSignature, own: str | None) -> str:
    who = ", the certificate of this lab" if signature.certificate == own else ""
    field = " A page shows it." if signature.visible else ""
    return f"PDF signature, valid: {signature.signer}{who}, certificate with SHA-256 {signature.certificate}.{field}"


def _signature(file: VerifiedFile) -> str:
    if file.signer is None:
        return ""
    key = "the key of this lab" if file.own else "not the key of this lab"
    what = f"matches {JSON_FILE}, which is signed" if file.format is None else "signed"
    return f", {what} with {file.signer}, {key}"
