"""The options of `plugfest certify` for what a campaign leaves behind: files, a folder, and who signs them."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import msgspec

from plugfest.reports.files import check_writable, write_files
from plugfest.reports.folder import PAGE, log_file, write_folder
from plugfest.reports.model.report import Document
from plugfest.reports.rendering import AnyForm, form
from plugfest.reports.signing import lab_key
from plugfest.reports.signing.signer import Signer

STANDARD_OUTPUT: Final = "-"

Command = TypeVar("Command", bound=Callable[..., Any])

KEY_OPTION: Final = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Sign with this key (Ed25519, PEM).  [default: ${lab_key.VARIABLE}, or a key of this lab that is made once]",
)

OPTIONS: Final = (
    click.option("--json", "json_file", metavar="FILE", help="Write the results as JSON; - is standard output."),
    click.option("--junit", "junit_file", metavar="FILE", help="Write the cases as JUnit XML; - is standard output."),
    click.option("--csv", "csv_file", metavar="FILE", help="Write the cases as CSV; - is standard output."),
    click.option(
        "--report",
        "report_folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Write the report here, in every form.",
    ),
    KEY_OPTION,
)


def output_options(command: Command) -> Command:
    """Give a command these options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def check_forms(files: Mapping[AnyForm, str]) -> None:
    """Find out which of the files of forms could not be written. Raises UsageError, NotWritable."""
    names = [*files.values()]
    if names.count(STANDARD_OUTPUT) > 1:
        raise click.UsageError("only one form can have the standard output.")
    for name in names:
        if name != STANDARD_OUTPUT:
            check_writable(Path(name))


def write_forms(files: Mapping[AnyForm, str], document: Document, signer: Signer | None) -> None:
    """Write forms into their files, or one to standard output. Raises NotWritable, PdfNotInstalled."""
    contents = {name: form(its_form, document, signer) for its_form, name in files.items()}
    if STANDARD_OUTPUT in contents:
        click.echo(contents.pop(STANDARD_OUTPUT), nl=False)
    write_files({Path(name): content for name, content in contents.items()})


class Outputs(msgspec.Struct, frozen=True, kw_only=True):
    """What these options say."""

    json_file: str | None = None
    junit_file: str | None = None
    csv_file: str | None = None
    report_folder: Path | None = None
    key_file: Path | None = None

    @property
    def files(self) -> Mapping[AnyForm, str]:
        """The file of each form that is wanted alone."""
        wanted: dict[AnyForm, str | None] = {"json": self.json_file, "xml": self.junit_file, "csv": self.csv_file}
        return {form: name for form, name in wanted.items() if name is not None}

    @property
    def wanted(self) -> bool:
        return bool(self.files) or self.report_folder is not None

    @property
    def to_standard_output(self) -> bool:
        """Whether standard output is for one of them, and so not for people."""
        return STANDARD_OUTPUT in self.files.values()

    def check(self) -> None:
        """Find out before a long run what could not be written. Raises UsageError, NotWritable."""
        check_forms(self.files)
        if self.report_folder is not None:
            check_writable(self.report_folder / PAGE)

    def signer(self) -> Signer | None:
        """Who signs what is written; nobody if nothing is. Raises BadKey."""
        return lab_key.signer(self.key_file, os.environ) if self.wanted else None

    def write(self, document: Document, log: Sequence[str], signer: Signer | None, say: Callable[[str], None]) -> None:
        """Write all of it. Raises NotWritable."""
        write_forms(self.files, document, signer)
        if self.report_folder is not None:
            written = write_folder(self.report_folder, document, signer, log_file(log))
            if written.lacks:
                say(written.lacks)
            say(f"Report: {written.page}")
