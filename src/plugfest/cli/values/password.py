"""The password of a station: from a file, the environment, a question, or the command line. It is never printed."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from plugfest.cli.options.password import ASK
from plugfest.cli.terminal.standard_output import prompt
from plugfest.environment_variables import PASSWORD
from plugfest.reports.files import NotReadable, read_bytes


def given_password(option: str | None, file: Path | None, environment: Mapping[str, str]) -> str | None:
    """The password that the user gives; None if there is none. Raises UsageError, NotReadable."""
    if option is not None and file is not None:
        raise click.UsageError("give only one of --password and --password-file.")
    if file is None:
        return option if option is not None else environment.get(PASSWORD) or None
    return _asked() if file == ASK else _first_line(file, read_bytes(file))


def _asked() -> str:
    if sys.stdin.isatty():
        return prompt("Password of the station", hide_input=True)
    return _first_line(ASK, sys.stdin.buffer.readline())


def _first_line(file: Path, data: bytes) -> str:
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NotReadable(f"the password in {file} is not UTF-8") from None
    if not lines or not lines[0]:
        raise NotReadable(f"{file} has no password in its first line")
    return lines[0]


def station_password(file: Path | None) -> str | None:
    """The password in a file, or in the environment of this process; None if there is none. Raises ClickException."""
    try:
        return given_password(None, file, os.environ)
    except NotReadable as error:
        raise click.ClickException(str(error)) from None
