"""`plugfest verify`: is a report as the lab signed it, who was that, and what was altered."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from plugfest.cli.terminal import standard_output
from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.folder import FILES, RESULTS, TABLE
from plugfest.reports.formats import as_csv, as_json
from plugfest.reports.signing.lab_key import known_signer
from plugfest.reports.signing.verification import Checked, State, check

INTACT, NOT_INTACT = 0, 1
MOST_PLACES = 20
"""Lines about one file; --json has all."""

WHOLE, HALF = 64, 32
"""Hexadecimal digits of a fingerprint, and of an instance id, which is its first half."""

ANOTHER: Final = "signed by another"
STRAY: Final = "of another report"
NOT_THE_TABLE: Final = f"it is not the table of {RESULTS} beside it"


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A file and what it shows; `own` where the key of this lab signed it."""

    file: str
    state: str
    form: str | None
    signer: str | None
    own: bool
    report: str | None
    problems: tuple[str, ...]


@click.command(
    epilog="""\b
Examples:
  plugfest verify report.json
  plugfest verify reports/hyc
  plugfest verify report.pdf --fingerprint 4f3c...9a"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE_OR_DIR...")
@click.option("--fingerprint", metavar="HEX", help="Whose signature it has to be: a fingerprint, or an instance id.")
@click.option("--json", "as_objects", is_flag=True, help="Print a JSON array with an object for each file.")
def command(files: tuple[Path, ...], fingerprint: str | None, as_objects: bool) -> int:
    """Check reports in any form that carries a signature: JSON, HTML, PDF, JUnit XML; or the folder of a report.

    Exit code 0: intact; 1: altered, unsigned, or signed by another lab than --fingerprint; 2: cannot be read.
    """
    wanted = None if fingerprint is None else _digits(fingerprint)
    try:
        examined = [one for path in files for one in _examined(path, wanted)]
    except NotReadable as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot read {error.filename}: {error.strerror}") from None
    try:
        _show(examined, as_objects=as_objects)
    except BrokenPipeError:  # whoever reads no further has the answer in the exit code
        standard_output.give_up()
    return INTACT if all(one.state == State.INTACT for one in examined) else NOT_INTACT


def _show(examined: Sequence[Examined], *, as_objects: bool) -> None:
    if as_objects:
        click.echo(msgspec.json.format(msgspec.json.encode(examined), indent=2))
    else:
        for line in _lines(examined):
            click.echo(line)


def _digits(fingerprint: str) -> str:
    """The digits alone; people group them. Raises UsageError."""
    digits = fingerprint.lower().replace(" ", "").replace(":", "")
    if len(digits) not in (WHOLE, HALF) or not set(digits) <= set("0123456789abcdef"):
        raise click.UsageError(f"--fingerprint: neither {WHOLE} nor {HALF} hexadecimal digits.")
    return digits


def _examined(path: Path, wanted: str | None) -> Iterator[Examined]:
    """A file, or the files of a folder. Raises NotReadable."""
    if not path.is_dir():
        yield _judged(path, check(read_bytes(path)), wanted)
        return
    found = [path / name for name in FILES if (path / name).exists()]
    if not found:
        raise NotReadable(f"{path} holds no report: none of {', '.join(FILES)}")
    judged = [
        _judged(one, _table(one, path / RESULTS) if one.name == TABLE else check(read_bytes(one)), wanted)
        for one in found
    ]
    report = next((one.report for one in judged if Path(one.file).name == RESULTS), None)
    for file in judged:
        stray = file.state == State.INTACT and report not in (None, file.report)
        yield msgspec.structs.replace(file, state=STRAY) if stray else file


def _table(table: Path, results: Path) -> Checked:
    """A table has no signature: it is as good as the JSON from which it follows."""
    data = read_bytes(results) if results.exists() else b""
    checked = check(data)
    if checked.state is not State.INTACT:
        return Checked(state=State.UNSIGNED, problems=(f"it carries no signature, and {RESULTS} is not intact",))
    try:
        same = as_csv.text(as_json.read(data)).encode() == read_bytes(table)
    except as_json.NoReport as error:
        return Checked(state=State.UNSIGNED, problems=(str(error),))
    problems = () if same else (NOT_THE_TABLE,)
    state = State.INTACT if same else State.ALTERED
    return msgspec.structs.replace(checked, state=state, form=None, problems=problems)


def _judged(path: Path, checked: Checked, wanted: str | None) -> Examined:
    own = known_signer(os.environ)
    state: str = checked.state
    if wanted is not None and checked.state is State.INTACT and not str(checked.signer).startswith(wanted):
        state = ANOTHER
    return Examined(
        file=str(path),
        state=state,
        form=checked.form,
        signer=checked.signer,
        own=own is not None and checked.signer == own.fingerprint,
        report=checked.report,
        problems=checked.problems,
    )


def _lines(examined: Sequence[Examined]) -> Iterator[str]:
    for one in examined:
        state = one.state if one.state == State.INTACT else one.state.upper()
        if one.state == State.UNSIGNED:
            yield f"{_plain(one.file)}: {state}: {'; '.join(one.problems)}"
            continue
        yield f"{_plain(one.file)}: {state}{_signed(one)}"
        yield from (f"  {_plain(problem)}" for problem in one.problems[:MOST_PLACES])
        if len(one.problems) > MOST_PLACES:
            yield f"  and {len(one.problems) - MOST_PLACES} more"
    reports = {one.report for one in examined if one.report is not None}
    if len(reports) > 1:
        yield f"These are forms of {len(reports)} different reports."
    elif len(examined) > 1 and all(one.state == State.INTACT for one in examined):
        yield f"All of them are forms of one report, {reports.pop()}."


def _signed(one: Examined) -> str:
    if one.signer is None:
        return ""
    whose = "the key of this lab" if one.own else "not the key of this lab"
    what = f"the table of {RESULTS}, which is signed" if one.form is None else "signed"
    return f", {what} with {one.signer}, {whose}"


def _plain(text: str) -> str:
    """A text that does nothing to a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
