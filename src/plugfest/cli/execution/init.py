"""`plugfest init`: writes the PICS of a product, as a template, from its station, or from an official form."""

import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import click
import msgspec

from plugfest import clock
from plugfest.campaigns.toml_files import InvalidToml
from plugfest.cli.commands.init import VERSIONS
from plugfest.cli.terminal.commissioning import waiting
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.terminal.interview import STOP, at_terminal, interview
from plugfest.cli.terminal.standard_output import echo, printable
from plugfest.cli.values.defaults import with_defaults
from plugfest.cli.values.external_station import ExternalStationOptions
from plugfest.cli.values.forms import read_rows
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import ProductError, load_product
from plugfest.products.draft import Draft, blank_product, open_questions
from plugfest.products.draft.form import form_versions, read_form
from plugfest.products.draft.text import pics_text
from plugfest.products.features import OcppVersion
from plugfest.products.selection import select
from plugfest.reports.files import NotReadable, NotWritable, check_writable, write_files
from plugfest.reports.model.wording import counted
from plugfest.rig.pki_folder import PkiFolder
from plugfest.rig.survey import survey
from plugfest.security.profile import SecurityProfile


def execute(
    output: Path,
    force: bool,
    version: OcppVersion | None,
    form_file: Path | None,
    ask: bool | None,
    security_profile: int | None,
    within: float,
    **connection: Any,
) -> None:
    """Write the PICS. Raises ClickException."""
    try:
        _check_output(output, force=force)
        external = with_defaults(ExternalStationOptions(**connection), os.environ)
        draft = _draft(version, form_file, external, security_profile, within)
        known = draft is not None
        draft = draft or Draft(version=version or VERSIONS[0])
        if ask if ask is not None else known and sys.stdin.isatty():
            echo(f"Enter leaves a question open, {STOP} all others. An open question counts as No.", err=True)
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
    version: OcppVersion | None,
    form_file: Path | None,
    external: ExternalStationOptions,
    security_profile: int | None,
    within: float,
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
    return _from_station(version, external, security_profile, within)


def _from_form(path: Path, version: OcppVersion | None) -> Draft:
    rows = read_rows(path)
    versions = form_versions(rows) if version is None else (version,)
    if not versions:
        raise click.ClickException(f"{path} has no feature of a PICS: expected the columns ID, feature, answer")
    if len(versions) > 1:
        raise click.ClickException(
            f"{path} fits OCPP {' and '.join(versions)}: choose with plugfest init --form {path.name} --version VERSION"
        )
    form = read_form(rows, versions[0], path.name)
    for problem in form.problems:
        echo(f"Left open, {problem}", err=True)
    return form.draft


def _from_station(
    version: OcppVersion | None, external: ExternalStationOptions, security_profile: int | None, within: float
) -> Draft:
    versions = _offered(version, security_profile)
    settings = _settings(versions, external, security_profile, within)
    pki_folder = None if external.pki_folder is None else PkiFolder(external.pki_folder)
    console = TerminalConsole(stderr=True)
    with waiting(console, qr=not external.no_qr) as screen:
        found = clock.run(survey(versions, settings, pki_folder, screen.announce, [screen.on_event]))
    if len(versions) > 1:
        echo(f"The station has chosen OCPP {found.draft.version}.", err=True)
    for finding in found.findings:
        echo(printable(f"Not reported: {finding.actual}; expected: {finding.expected}"), err=True)
    return found.draft


def _offered(version: OcppVersion | None, security_profile: int | None) -> tuple[OcppVersion, ...]:
    """The OCPP versions of which the station chooses one."""
    if version is not None:
        return (version,)
    return ("1.6",) if security_profile == SecurityProfile.UNSECURED else VERSIONS


def _settings(
    versions: Sequence[OcppVersion], external: ExternalStationOptions, security_profile: int | None, within: float
) -> LabSettings:
    """The settings, if they are valid in one of the versions. Raises InvalidToml."""
    first, *others = versions
    try:
        settings = external.settings(None, security_profile, blank_product(first))
    except InvalidToml:
        if not others:
            raise
        with contextlib.suppress(InvalidToml):
            return _settings(others, external, security_profile, within)
        raise
    return msgspec.structs.replace(settings, boot_timeout=within)


def _print_result(output: Path, draft: Draft) -> None:
    questions = [question.id for question in open_questions(draft)]
    echo(f"{output}: {counted(len(draft.answers), 'answer')}.")
    if questions:
        echo(
            f"{counted(len(questions), 'open question')} (lines with # ?). Each counts as No, unless its line differs:"
        )
        indent = "  "
        lines = fill(" ".join(questions), 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
        echo(lines)
    try:
        product = load_product(str(output))
    except ProductError as error:
        echo(f"Before the first campaign:\n{error}")
        return
    applying = sum(case.applies for case in select(product))
    echo(f"{counted(applying, 'case')} apply: plugfest cases {shlex.quote(str(output))}")
