"""The options for the names in a report: who tested, where, who reviewed and approves it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
import msgspec

from plugfest.cli.options.adding import Command, add_options
from plugfest.cli.options.toml_files import load_approval
from plugfest.reports.model.report import Approval
from plugfest.runs.folder import OptionValue

OPTIONS: Final = (
    click.option(
        "--approval",
        "approval_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The names in the report, in TOML: reference, test_location, tested_by, reviewed_by, and the approvers in"
        " the tables vendor and laboratory. The options below take precedence.",
    ),
    click.option("--reference", metavar="TEXT", help="The number of the report in the lab."),
    click.option("--test-location", metavar="TEXT", help="Where the tests were done."),
    click.option("--tested-by", metavar="NAME", help="Who did the tests."),
    click.option("--reviewed-by", metavar="NAME", help="Who reviewed the report."),
)


def approval_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, OPTIONS)


class ApprovalOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The values of these options."""

    approval_file: Path | None = None
    reference: str | None = None
    test_location: str | None = None
    tested_by: str | None = None
    reviewed_by: str | None = None

    @property
    def given(self) -> dict[str, str | Path]:
        """The options that were given."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in values.items() if value is not None}

    def or_else(self, stored: Mapping[str, OptionValue]) -> "ApprovalOptions":
        """These options, and those of a run for what was not given."""
        file = stored.get("approval_file")
        texts = {name: str(stored[name]) for name in self.__struct_fields__[1:] if name in stored}
        begun_with = ApprovalOptions(approval_file=None if file is None else Path(str(file)))
        return msgspec.structs.replace(begun_with, **{**texts, **self.given})

    def approval(self) -> Approval:
        """The names of the file and of the options.

        Raises:
            NotReadable, InvalidToml: the file cannot be read, or has other keys.
        """
        names = {name: value for name, value in self.given.items() if name != "approval_file"}
        return msgspec.structs.replace(load_approval(self.approval_file), **names)
