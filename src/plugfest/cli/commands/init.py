"""`plugfest init`: writes the PICS of a product, as a template, from its station, or from an official form."""

import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from plugfest import clock
from plugfest.cli.options.external_station import ExternalStationOptions, connection_options
from plugfest.cli.options.forms import read_rows
from plugfest.cli.options.lab_pki import with_lab_pki
from plugfest.cli.terminal.connection_lines import ConnectionLines
from plugfest.cli.terminal.interview import STOP, at_terminal, interview
from plugfest.cli.terminal.standard_output import echo
from plugfest.lab import events
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import ProductError, load_product
from plugfest.products.contradictions import contradictions
from plugfest.products.draft import IDENTITY, Draft, blank_product, open_questions
from plugfest.products.draft.form import form_version, read_form
from plugfest.products.draft.text import pics_text
from plugfest.products.features import FILES, OcppVersion
from plugfest.products.selection import select
from plugfest.reports.files import NotReadable, NotWritable, check_writable, write_files
from plugfest.reports.model.wording import counted
from plugfest.rig.pki_folder import PkiFolder
from plugfest.rig.survey import survey

DEFAULT_VERSION: Final[OcppVersion] = "2.0.1"


@click.command(
    epilog="""\b
Examples:
  plugfest init --version 2.0.1 -o my-station.toml
  plugfest init --listen ws://192.168.1.10:9000 -o my-station.toml
  plugfest init --version 1.6 --listen wss://0.0.0.0:9000 --host lab.local --pki pki
  plugfest init --form pics.xlsx -o my-station.toml"""
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("my-station.toml"),
    show_default=True,
    metavar="FILE",
    help="Write the PICS to this file.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
@click.option(
    "--version",
    "version",
    type=click.Choice(sorted(FILES)),
    help=f"OCPP version.  [default: {DEFAULT_VERSION}; with --form that of the form]",
)
@click.option(
    "--form",
    "form_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the answers from an official PICS form: .xlsx, or CSV with the columns ID, feature, answer.",
)
@click.option(
    "--ask/--no-ask",
    default=None,
    help="Ask for what is still open.  [default: with --listen or --form, at a terminal]",
)
@click.option("--security-profile", type=click.IntRange(0, 3), help="As in plugfest certify.")
@connection_options
def command(
    output: Path,
    force: bool,
    version: OcppVersion | None,
    form_file: Path | None,
    ask: bool | None,
    security_profile: int | None,
    **connection: Any,
) -> None:
    """Write the PICS of your product: the file that describes it to the lab.

    Without further options, the file is a template with every question as a comment.

    With --listen, the lab waits for your station, reads what it reports of itself, and notes for each answer where it
    comes from. Nothing is changed in the station. With --form, the answers come from an official form.

    At the end, what is missing or contradicts itself is printed.
    """
    try:
        _check_output(output, force=force)
        external = with_lab_pki(ExternalStationOptions(**connection), os.environ)
        draft = _draft(version, form_file, external, security_profile)
        known = draft is not None
        draft = draft or Draft(version=version or DEFAULT_VERSION)
        if ask if ask is not None else known and sys.stdin.isatty():
            echo(f"Enter leaves a question open, {STOP} all others.", err=True)
            draft = interview(draft, at_terminal)
        write_files({output: pics_text(draft).encode()})
    except (LabError, LinkError, NotReadable, NotWritable) as error:
        raise click.ClickException(str(error)) from None
    _print_result(output, draft)


def _check_output(output: Path, *, force: bool) -> None:
    if output.suffix != ".toml":
        raise click.UsageError(f"the name of a PICS file ends in .toml: {output} does not.")
    if output.exists() and not force:
        raise click.UsageError(f"{output} exists: name another file with -o, or overwrite it with --force.")
    check_writable(output)


def _draft(
    version: OcppVersion | None, form_file: Path | None, external: ExternalStationOptions, security_profile: int | None
) -> Draft | None:
    """What the station or the form shows; None without either."""
    if form_file is not None:
        if external != ExternalStationOptions():
            raise click.UsageError("give either --form or --listen.")
        return _from_form(form_file, version)
    if external.listen is None:
        if external != ExternalStationOptions() or security_profile is not None:
            raise click.UsageError("the options for a station need --listen URL.")
        return None
    return _from_station(version or DEFAULT_VERSION, external, security_profile)


def _from_form(path: Path, version: OcppVersion | None) -> Draft:
    rows = read_rows(path)
    version = version or form_version(rows)
    if version is None:
        raise click.ClickException(f"{path} has no feature of a PICS: expected the columns ID, feature, answer")
    form = read_form(rows, version, path.name)
    for problem in form.problems:
        echo(f"Left open, {problem}", err=True)
    return form.draft


def _from_station(version: OcppVersion, external: ExternalStationOptions, security_profile: int | None) -> Draft:
    settings = external.settings(None, security_profile, blank_product(version))
    pki_folder = None if external.pki_folder is None else PkiFolder(external.pki_folder)

    def print_line(text: str) -> None:
        echo(text, err=True)

    lines = ConnectionLines(each_once=False)

    def on_event(event: events.Event) -> None:
        for line in lines.lines(event):
            print_line(line.plain)

    found = clock.run(survey(version, settings, pki_folder, print_line, [on_event]), simulated=False)
    for finding in found.findings:
        print_line(f"Not reported: {finding.actual}; expected: {finding.expected}")
    return found.draft


def _print_result(output: Path, draft: Draft) -> None:
    questions = sum(1 for _ in open_questions(draft))
    echo(f"{output}: {counted(len(draft.answers), 'answer')}, {counted(questions, 'open question')} (lines with # ?).")
    try:
        product = load_product(str(output))
    except ProductError as error:
        echo(f"Before the first campaign:\n{error}")
        if not set(IDENTITY) <= draft.identity.keys():  # these errors are found before any other
            for found in contradictions(draft.product()):
                echo(f"{output}: {found.key}: {found.wrong}; {found.right}")
        return
    applying = sum(case.applies for case in select(product))
    echo(f"{counted(applying, 'case')} apply: plugfest cases --product {output}")
