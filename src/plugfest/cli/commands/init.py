"""`plugfest init`: writes the PICS of a product, as a template, from its station, or from an official form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.external_station import WITHIN_OPTION, connection_options

if TYPE_CHECKING:
    from plugfest.products.features import OcppVersion

VERSIONS: Final[tuple[OcppVersion, ...]] = ("2.0.1", "1.6")
"""The OCPP versions; without a station or a form, the first."""


@click.command(
    epilog="""\b
Examples:
  plugfest init --version 2.0.1 -o my-station.toml
  plugfest init --listen ws://192.168.1.10:9000 -o my-station.toml
  plugfest init --listen wss://0.0.0.0:9000 --host lab.local --pki pki
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
    type=click.Choice(sorted(VERSIONS)),
    help="OCPP version.  [default: with --listen the one that the station chooses, with --form that of the form, else"
    f" {VERSIONS[0]}]",
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
@WITHIN_OPTION
@connection_options
@executed_by("init")
def command() -> None:
    """Write the PICS of your product: the file that describes it to the lab.

    Without further options, the file is a template with every question as a comment.

    With --listen, the lab waits for your station, reads what it reports of itself, and notes for each answer where it
    comes from. Nothing is changed in the station. The OCPP version is the one that the station chooses.

    With --form, the answers come from an official form.

    A question that stays open counts as No. At the end, the open questions are listed, and what is missing or
    contradicts itself.
    """
