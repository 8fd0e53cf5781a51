"""`plugfest report`: the other forms of a report from its JSON form."""

import os
from pathlib import Path
from typing import Final

import click
import msgspec

from plugfest.cli.options.outputs import KEY_OPTION, check_forms, write_forms
from plugfest.reports.files import NotReadable, NotWritable, check_writable, read_bytes
from plugfest.reports.folder import PAGE, RESULTS, write_folder
from plugfest.reports.formats import as_json
from plugfest.reports.formats.as_json import NoReport
from plugfest.reports.formats.as_pdf import PdfNotInstalled
from plugfest.reports.model.report import Document, FamilyReport, Laboratory, Report
from plugfest.reports.rendering import AnyForm
from plugfest.reports.signing import lab_key
from plugfest.reports.signing.lab_key import BadKey
from plugfest.reports.signing.signer import Signer
from plugfest.reports.signing.verification import Checked, State, check

UNCERTAIN: Final = (
    "This was made from a file that nobody had signed, or that was altered after that: nothing is certain."
)


@click.command(
    epilog="""\b
Examples:
  plugfest report report.json --to reports/hyc
  plugfest report report.json --pdf hyc.pdf --csv -"""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="REPORT_JSON")
@click.option("--to", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write every form here.")
@click.option("--html", "html_file", metavar="FILE", help="Write the page for people; - is standard output.")
@click.option("--pdf", "pdf_file", metavar="FILE", help="Write the PDF.")
@click.option("--junit", "junit_file", metavar="FILE", help="Write the cases as JUnit XML.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write the cases as CSV.")
@click.option(
    "--unverified", is_flag=True, help="Do so with a file that is altered or not signed too; it will be told."
)
@KEY_OPTION
def command(
    file: Path,
    folder: Path | None,
    html_file: str | None,
    pdf_file: str | None,
    junit_file: str | None,
    csv_file: str | None,
    unverified: bool,
    key_file: Path | None,
) -> int:
    """Make the page, the PDF and the other forms of a report from the JSON that `plugfest certify` wrote.

    They are signed if the key is here that signed the JSON.

    Exit code 0: made; 2: could not, or the file was altered.
    """
    wanted: dict[AnyForm, str | None] = {"html": html_file, "pdf": pdf_file, "xml": junit_file, "csv": csv_file}
    files = {form: name for form, name in wanted.items() if name is not None}
    if folder is None and not files:
        raise click.UsageError("say what to make: --to DIR, or --html, --pdf, --junit, --csv FILE.")
    try:
        check_forms(files)
        if folder is not None:
            check_writable(folder / PAGE)
        data = read_bytes(file)
        checked = check(data)
        document = _document(file, data, checked, unverified)
        signer = _signer(checked, key_file)
        write_forms(files, document, signer)
        if folder is not None:
            _write_folder(folder, document, data, signer)
    except (NotReadable, NotWritable, BadKey, PdfNotInstalled) as error:
        raise click.ClickException(str(error)) from None
    return 0


def _document(file: Path, data: bytes, checked: Checked, unverified: bool) -> Document:
    """The report in the file. Raises ClickException."""
    try:
        document = as_json.read(data)
    except NoReport as error:
        raise click.ClickException(f"{file} is {error}") from None
    if checked.state is State.INTACT:
        return document
    if not unverified:
        raise click.ClickException(
            f"{file} is {checked.state}: {checked.problems[0]}; --unverified uses it all the same"
        )
    return _uncertain(document)


def _uncertain(document: Document) -> Document:
    """The report, which says that it comes from nobody known."""
    if isinstance(document, FamilyReport):
        representative, *members = map(_uncertain_one, document.reports)
        return msgspec.structs.replace(document, representative=representative, members=tuple(members))
    return _uncertain_one(document)


def _uncertain_one(report: Report) -> Report:
    nobody = Laboratory(software=report.laboratory.software)
    return msgspec.structs.replace(report, statements=(UNCERTAIN, *report.statements), laboratory=nobody)


def _signer(checked: Checked, key_file: Path | None) -> Signer | None:
    """The one who signed the JSON, if that key is here: nobody else may sign what it says. Raises BadKey."""
    if checked.state is not State.INTACT:
        return None
    here = lab_key.known_signer(os.environ) if key_file is None else lab_key.signer(key_file, os.environ)
    if here is None or here.fingerprint != checked.signer:
        click.echo(
            f"The forms carry no signature: the key is not here that signed the JSON, {checked.signer}.", err=True
        )
        return None
    return here


def _write_folder(folder: Path, document: Document, data: bytes, signer: Signer | None) -> None:
    """Every form; the JSON as it was. Raises NotWritable."""
    written = write_folder(folder, document, signer, {RESULTS: data})
    if written.lacks:
        click.echo(written.lacks, err=True)
    click.echo(f"Report: {written.page}", err=True)
