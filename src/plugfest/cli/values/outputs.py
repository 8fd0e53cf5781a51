"""The options of `plugfest certify` for the files that it writes, and for the key that signs them."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from plugfest.cli.options.outputs import STANDARD_OUTPUT
from plugfest.cli.terminal.standard_output import write_document
from plugfest.cli.values.pdf_signing import PdfSigningOptions
from plugfest.reports.files import check_writable, write_files
from plugfest.reports.folder import HTML_FILE, log_file, write_folder
from plugfest.reports.model.report import Document
from plugfest.reports.rendering import Format, render
from plugfest.reports.signing.lab_key import load_signer
from plugfest.reports.signing.pdf_signature import PdfSigner
from plugfest.reports.signing.signer import Signer


def check_format_files(files: Mapping[Format, str]) -> None:
    """Check that the files can be written. Raises UsageError, NotWritable."""
    names = [*files.values()]
    if names.count(STANDARD_OUTPUT) > 1:
        raise click.UsageError("only one format can be written to standard output.")
    for name in names:
        if name != STANDARD_OUTPUT:
            check_writable(Path(name))


def write_formats(
    files: Mapping[Format, str], document: Document, signer: Signer | None, pdf_signer: PdfSigner | None = None
) -> None:
    """Write formats to files, or one to standard output. Raises NotWritable, PdfNotInstalled."""
    contents = {name: render(format, document, signer, pdf_signer) for format, name in files.items()}
    if STANDARD_OUTPUT in contents:
        write_document(contents.pop(STANDARD_OUTPUT))
    write_files({Path(name): content for name, content in contents.items()})


class Signers(NamedTuple):
    """Who signs the files, and who signs PDFs for PDF readers."""

    lab: Signer | None
    pdf: PdfSigner | None


class Outputs(PdfSigningOptions, frozen=True, kw_only=True):
    """The values of these options."""

    json_file: str | None = None
    junit_file: str | None = None
    csv_file: str | None = None
    report_folder: Path | None = None
    key_file: Path | None = None

    @property
    def files(self) -> Mapping[Format, str]:
        """The requested formats with their files."""
        names: dict[Format, str | None] = {"json": self.json_file, "xml": self.junit_file, "csv": self.csv_file}
        return {format: name for format, name in names.items() if name is not None}

    @property
    def requested(self) -> bool:
        """Whether anything is written."""
        return bool(self.files) or self.report_folder is not None

    @property
    def to_standard_output(self) -> bool:
        """Whether a format is written to standard output."""
        return STANDARD_OUTPUT in self.files.values()

    def check(self) -> None:
        """Check before the campaign that everything can be written. Raises UsageError, NotWritable."""
        check_format_files(self.files)
        if self.report_folder is not None:
            check_writable(self.report_folder / HTML_FILE)

    def signers(self) -> Signers:
        """The signers of the files; None for those that are not needed. Raises UsageError, InvalidKey."""
        lab = load_signer(self.key_file, os.environ) if self.requested else None
        if self.pdf_certificate is not None and self.report_folder is None:
            raise click.UsageError("--sign-pdf needs --report DIR: no PDF is written.")
        return Signers(lab, self.pdf_signer(lab))

    def write(
        self, document: Document, log: Sequence[str], signers: Signers, print_line: Callable[[str], None]
    ) -> None:
        """Write everything. Raises NotWritable."""
        write_formats(self.files, document, signers.lab)
        if self.report_folder is not None:
            written = write_folder(self.report_folder, document, signers.lab, log_file(log), signers.pdf)
            if written.missing:
                print_line(written.missing)
            print_line(f"Report: {written.page}")
