"""The options of `plugfest certify` for the folder of the run, and the options that a run is resumed with."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plugfest.cli.options.adding import Command, add_options
from plugfest.cli.options.external_station import CommandWithExternalStationOptions
from plugfest.cli.options.outputs import STANDARD_OUTPUT
from plugfest.cli.options.password import ASK
from plugfest.cli.options.pdf_signing import LAB
from plugfest.cli.options.product import OPTION as NAMED_PRODUCT

if TYPE_CHECKING:
    from plugfest.runs.folder import OptionValue

GIVEN: Final = f"{__name__}.given"
"""The key in the context of what the user gave, and what the resumed run was begun with."""

OPTIONS: Final = (
    click.option(
        "--run",
        "new_run",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Keep each case in this folder as it ends.  [default: a new folder in ~/.local/share/plugfest/runs]",
    ),
    click.option(
        "--resume",
        "resumed_run",
        type=click.Path(path_type=Path),
        metavar="RUN",
        help="Continue a run with the cases that have no result. Its options apply, unless you give others.",
    ),
    click.option(
        "--failed",
        "repeated_run",
        type=click.Path(path_type=Path),
        metavar="RUN",
        help="Continue a run with the cases that did not pass or have no result.",
    ),
)


def run_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, OPTIONS)


class CommandWithRun(CommandWithExternalStationOptions):
    """Takes the options of a run that is continued as defaults."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        if any(given.get(name) == "" for name in _RUN_OPTIONS):
            raise click.UsageError("the folder of the run has no name.")
        continued = [given[name] for name in ("resumed_run", "repeated_run") if name in given]
        options = {name: value for name, value in given.items() if _is_value(value) and name not in _RUN_OPTIONS}
        if NAMED_PRODUCT in options:
            options.setdefault("product", options.pop(NAMED_PRODUCT))
        if continued:
            _check_combination(given, options)
            options = {**_stored_options(Path(continued[0])), **options}
            ctx.default_map = dict(options)
        kept = {name: value for name, value in options.items() if not _is_secret(name, value)}
        ctx.meta[GIVEN] = {one.name: _absolute(one, kept[one.name]) for one in self.params if one.name in kept}
        return super().parse_args(ctx, args)


_RUN_OPTIONS: Final = ("new_run", "resumed_run", "repeated_run")


def _is_value(value: object) -> bool:
    return isinstance(value, str | bool | int | list)


def _is_secret(name: str, value: object) -> bool:
    """Whether it is a password, or asks for one: the run has it in its sittings only."""
    return name == "password" or (name == "password_file" and value == str(ASK))


def _check_combination(given: dict[str, Any], options: dict[str, Any]) -> None:
    if sum(name in given for name in _RUN_OPTIONS) > 1:
        raise click.UsageError("give only one of --run, --resume and --failed.")
    if "product" in options or "family_name" in options:
        raise click.UsageError("a run that is continued has its product: give none.")
    from plugfest.campaigns.choosing import OPTIONS as CASE_OPTIONS

    if options.keys() & {*CASE_OPTIONS, "shuffle"}:
        raise click.UsageError(
            "a run that is continued has its cases: --case, --block, --profile and --shuffle cannot be given."
        )


def _stored_options(path: Path) -> dict[str, OptionValue]:
    """What the run was begun with; nothing if it cannot be read, which the command reports."""
    from plugfest.runs.folder import RunError, RunFolder

    folder = RunFolder(path)
    with contextlib.suppress(RunError):
        description = folder.description()
        options = dict(description.options)
        if "product" in options:
            options["product"] = folder.pics(description.products[0])
        return options
    return {}


def _absolute(parameter: click.Parameter, value: Any) -> OptionValue:
    """The value as given; paths such that they are found from any folder."""
    if isinstance(parameter.type, click.Path) or parameter.name in _FILES:
        return [_path(each) for each in value] if isinstance(value, list) else _path(value)
    if parameter.name in ("product", "family_name") and (value.endswith(".toml") or "/" in value):
        return _path(value)
    found: OptionValue = value
    return found


_FILES: Final = ("json_file", "junit_file", "csv_file", "pdf_certificate")
"""Options whose value is a file or a word."""

_WORDS: Final = (STANDARD_OUTPUT, LAB)
"""Values of these options that are not files."""


def _path(text: str) -> str:
    return text if text in _WORDS else os.path.abspath(text)
