"""The options of `plugfest certify` for the folder of the run, and the options that a run is resumed with."""

import os
from datetime import datetime
from pathlib import Path

import click
import msgspec

from plugfest.cli.options.run import GIVEN
from plugfest.cli.terminal.standard_output import echo
from plugfest.lab.settings import LabSettings
from plugfest.products.family import Family
from plugfest.reports.build import SOFTWARE
from plugfest.runs.folder import RunDescription, RunError, RunFolder, default_folder, new_folder


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The values of these options."""

    new_run: Path | None = None
    resumed_run: Path | None = None
    repeated_run: Path | None = None

    @property
    def continued(self) -> Path | None:
        """The run that is continued."""
        return self.resumed_run or self.repeated_run

    @property
    def repeats(self) -> bool:
        """Whether cases that did not pass are repeated."""
        return self.repeated_run is not None

    def check(self) -> None:
        """Raises RunError if the run to continue cannot be read."""
        if self.continued is not None:
            RunFolder(self.continued).description()

    def settings_before(self) -> LabSettings | None:
        """The settings of the last sitting of the run that is continued. Raises RunError."""
        if self.continued is None:
            return None
        run = RunFolder(self.continued)
        return run.last_settings(run.description().products[0])

    def folder(self, ctx: click.Context, subject: str | Family, started_at: datetime) -> RunFolder | None:
        """The folder of the run that is continued, or a new one. Raises RunError.

        None if the folder of the user cannot be written: the campaign does not depend on it.
        """
        if self.continued is not None:
            return RunFolder(self.continued)
        products = [Path(subject).stem] if isinstance(subject, str) else [one.slug for one in subject.products]
        name = products[0] if isinstance(subject, str) else subject.name
        description = RunDescription(
            software=SOFTWARE, started_at=started_at, products=tuple(products), options=ctx.meta[GIVEN]
        )
        if self.new_run is not None:
            return RunFolder.create(self.new_run, description)
        try:
            return RunFolder.create(new_folder(default_folder(os.environ), started_at, name), description)
        except RunError as error:
            echo(f"The run is not kept: {error}. Name a folder with --run.", err=True)
            return None
