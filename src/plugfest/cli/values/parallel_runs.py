"""The options of the commands that run many stations in several processes, and the file with their results."""

from pathlib import Path

import click

from plugfest.reports.files import NotWritable, write_files


def write_results(file: Path | None, content: bytes) -> None:
    """Write the results to the file of the option, if it is given. Raises ClickException."""
    if file is not None:
        try:
            write_files({file: content})
        except NotWritable as error:
            raise click.ClickException(str(error)) from None
