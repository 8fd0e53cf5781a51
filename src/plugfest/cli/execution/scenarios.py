"""`plugfest scenarios`: lists, prints and checks scenarios, and makes them from logs."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.cli.values.station_arguments import virtual_product
from plugfest.scenarios import library
from plugfest.scenarios.file import load_scenario
from plugfest.scenarios.logs import LogError, scenario_of_log
from plugfest.scenarios.possible import check_possible
from plugfest.toml_files.problems import InvalidFile


class Row(msgspec.Struct, frozen=True):
    """A scenario as it is printed. The field names are the keys of the JSON."""

    name: str
    summary: str


def execute(name: str | None, check: str | None, product: str | None, log: Path | None, as_json: bool) -> None:
    """List, print, check or make scenarios. Raises ClickException."""
    if sum(each is not None for each in (name, check, log)) > 1:
        raise click.UsageError("give one of NAME, --check and --from-log.")
    if product is not None and check is None:
        raise click.UsageError("--product needs --check.")
    try:
        if check is not None:
            _check(check, product)
        elif log is not None:
            write_document(scenario_of_log(log))
        elif name is not None:
            load_scenario(name)
            write_document(library.text(name) if name in library.names() else Path(name).read_bytes())
        else:
            _list(as_json=as_json)
    except (InvalidFile, LogError) as error:
        raise click.ClickException(str(error)) from None


def _check(name_or_path: str, product: str | None) -> None:
    scenario = load_scenario(name_or_path)
    where = ""
    if product is not None:
        loaded = virtual_product(product)
        check_possible(scenario, loaded)
        where = f" for {loaded.slug}"
    echo(f"{name_or_path} has no error{where}: {scenario.summary}")


def _list(*, as_json: bool) -> None:
    rows = [Row(name, load_scenario(name).summary) for name in library.names()]
    if as_json:
        write_document(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
        return
    width = max(len(row.name) for row in rows)
    for row in rows:
        echo(f"{row.name:{width}}  {row.summary}" if sys.stdout.isatty() else f"{row.name}\t{row.summary}")
