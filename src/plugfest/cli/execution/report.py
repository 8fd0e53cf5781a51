"""`plugfest report`: converts the JSON of a report to the other formats."""

import os
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import msgspec

from plugfest.campaigns.approval import ApprovalOptions
from plugfest.campaigns.stored_run import stored_document
from plugfest.cli.terminal.standard_output import echo
from plugfest.cli.values.outputs import check_format_files, write_formats
from plugfest.cli.values.pdf_signing import PdfSigningOptions
from plugfest.lab.verdict import LabError
from plugfest.products import ProductError
from plugfest.reports.files import NotReadable, NotWritable, check_writable, read_bytes
from plugfest.reports.folder import HTML_FILE, JSON_FILE, write_folder
from plugfest.reports.formats import as_json
from plugfest.reports.formats.as_json import NotAReport
from plugfest.reports.formats.pdf_not_installed import PdfNotInstalled
from plugfest.reports.model.report import Document, FamilyReport, Laboratory, Report
from plugfest.reports.rendering import Format
from plugfest.reports.signing.lab_key import InvalidKey, existing_signer, load_signer
from plugfest.reports.signing.pdf_signature import PdfSigner
from plugfest.reports.signing.signer import Signer
from plugfest.reports.signing.verification import SignatureState, Verification, verify_report
from plugfest.runs.folder import RunError, RunFolder

UNVERIFIED: Final = (
    "This report was made from a file that was not signed, or was altered after it was signed. Its content is not"
    " verified."
)


def execute(
    file: Path,
    folder: Path | None,
    html_file: str | None,
    pdf_file: str | None,
    evidence_file: str | None,
    junit_file: str | None,
    csv_file: str | None,
    unverified: bool,
    key_file: Path | None,
    **options: Any,
) -> int:
    """Write the formats. Returns the exit code. Raises ClickException."""
    names: dict[Format, str | None] = {
        "html": html_file,
        "pdf": pdf_file,
        "evidence": evidence_file,
        "xml": junit_file,
        "csv": csv_file,
    }
    files = {format: name for format, name in names.items() if name is not None}
    if folder is None and not files:
        raise click.UsageError("no output given: --to DIR, or --html, --pdf, --pdf-evidence, --junit, --csv FILE.")
    try:
        check_format_files(files)
        if folder is not None:
            check_writable(folder / HTML_FILE)
        pdf_signing = PdfSigningOptions(**{name: options.pop(name) for name in PdfSigningOptions.__struct_fields__})
        approval = ApprovalOptions(**options)
        if file.is_dir():
            source = _of_run(file, approval, key_file)
        elif approval.given:
            raise click.UsageError("the names in a JSON file cannot be changed: give the folder of the run.")
        else:
            source = _of_json(file, unverified, key_file)
        pdf_signer = pdf_signing.pdf_signer(source.signer)
        write_formats(files, source.document, source.signer, pdf_signer)
        if folder is not None:
            _write_folder(folder, source, pdf_signer)
    except (NotReadable, NotWritable, InvalidKey, PdfNotInstalled, RunError, ProductError, LabError) as error:
        raise click.ClickException(str(error)) from None
    return 0


class _Source(NamedTuple):
    """A report, who signs it, and its JSON if there is one."""

    document: Document
    signer: Signer | None
    data: bytes | None = None


def _of_run(folder: Path, approval: ApprovalOptions, key_file: Path | None) -> _Source:
    signer = load_signer(key_file, os.environ)
    return _Source(stored_document(RunFolder(folder), signer, approval), signer)


def _of_json(file: Path, unverified: bool, key_file: Path | None) -> _Source:
    data = read_bytes(file)
    verification = verify_report(data)
    document = _document(file, data, verification, unverified)
    return _Source(document, _signer(verification, key_file), data)


def _document(file: Path, data: bytes, verification: Verification, unverified: bool) -> Document:
    """The report in the file. Raises ClickException."""
    try:
        document = as_json.read(data)
    except NotAReport as error:
        raise click.ClickException(f"{file} is {error}") from None
    if verification.state is SignatureState.INTACT:
        return document
    if not unverified:
        problem = verification.problems[0]
        raise click.ClickException(f"{file} is {verification.state}: {problem}; --unverified accepts it")
    return _as_unverified(document)


def _as_unverified(document: Document) -> Document:
    """The document without a signing lab, and with a statement that it is not verified."""
    if isinstance(document, FamilyReport):
        representative, *members = map(_report_as_unverified, document.reports)
        return msgspec.structs.replace(document, representative=representative, members=tuple(members))
    return _report_as_unverified(document)


def _report_as_unverified(report: Report) -> Report:
    laboratory = Laboratory(software=report.laboratory.software)
    return msgspec.structs.replace(report, statements=(UNVERIFIED, *report.statements), laboratory=laboratory)


def _signer(verification: Verification, key_file: Path | None) -> Signer | None:
    """The signer of the JSON if its key is available: no other lab may sign the report. Raises InvalidKey."""
    if verification.state is not SignatureState.INTACT:
        return None
    signer = existing_signer(os.environ) if key_file is None else load_signer(key_file, os.environ)
    if signer is None or signer.fingerprint != verification.signer:
        echo(f"not signed: the key that signed the JSON is missing, {verification.signer}", err=True)
        return None
    return signer


def _write_folder(folder: Path, source: _Source, pdf_signer: PdfSigner | None) -> None:
    """Write every format; a JSON is copied. Raises NotWritable."""
    copied = {} if source.data is None else {JSON_FILE: source.data}
    written = write_folder(folder, source.document, source.signer, copied, pdf_signer)
    if written.missing:
        echo(written.missing, err=True)
    echo(f"Report: {written.page}", err=True)
