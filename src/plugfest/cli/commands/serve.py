"""`plugfest serve`: the products, the bench, the runs and virtual stations as pages in a browser."""

from pathlib import Path
from typing import Final

import click

from plugfest.cli.calling import executed_by

PORT: Final = 8500


@click.command(
    epilog="""\b
Examples:
  plugfest serve
  plugfest serve --open
  plugfest serve --listen 0.0.0.0:8500"""
)
@click.option(
    "--listen",
    "listen_at",
    default=str(PORT),
    show_default=True,
    metavar="[HOST:]PORT",
    help="Where to serve. Without HOST only this computer can open the pages; port 0 selects a free one.",
)
@click.option("--open", "opens", is_flag=True, help="Open the first page in the browser.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of your runs and PICS files.  [default: ~/.local/share/plugfest]",
)
@executed_by("serve")
def command() -> None:
    """Serve Plugfest as web pages until Ctrl-C.

    Start campaigns and watch them, answer instructions on a phone, read and compare runs, write a PICS, and operate
    virtual stations. The pages work without a connection to the Internet. For a phone, name an address that it reaches
    with --listen; the printed address then has a token.
    """
