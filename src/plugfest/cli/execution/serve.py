"""`plugfest serve`: the products, the bench, the runs and virtual stations as pages in a browser."""

import asyncio
import os
import socket
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from plugfest.cli.background import until_stopped
from plugfest.cli.terminal.log import printed_errors
from plugfest.cli.terminal.standard_output import echo
from plugfest.cli.values.access_token import control_token
from plugfest.cli.values.listening import address, authority
from plugfest.link.errors import CannotListen
from plugfest.link.server import bind
from plugfest.runs.data_folder import data_folder
from plugfest.web.pages import prepare
from plugfest.web.server import run_site


def execute(listen_at: str, opens: bool, data: Path | None) -> None:
    """Serve the pages until Ctrl-C. Raises ClickException."""
    try:
        listening = bind(*address("--listen", listen_at))
    except CannotListen as error:
        raise click.ClickException(f"{error}; choose another port with --listen") from None
    asyncio.run(_serve(data or data_folder(os.environ), listening, opens=opens))


async def _serve(folder: Path, listening: socket.socket, *, opens: bool) -> None:
    token = control_token(listening.getsockname()[0])
    url = f"http://{authority(listening)}/" + ("" if token is None else f"?token={token}")
    listening.listen()  # who opens the address at once is not refused
    await prepare()  # before the first page can be asked for
    echo(f"Plugfest is at {url}; Ctrl-C stops it")
    with printed_errors(), _opened(url, secret=token is not None) if opens else nullcontext():
        await until_stopped([run_site(folder, listening, token)])
    echo("stopped")


@contextmanager
def _opened(url: str, *, secret: bool) -> Iterator[None]:
    """Open the address in the browser.

    A `secret` one is in a file that leads to it: every user of this computer can read the arguments of the browser.
    """
    with TemporaryDirectory(prefix="plugfest-") as folder:  # only its owner can read it
        page = Path(folder) / "open.html"
        page.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={url}">\n', encoding="ascii")
        webbrowser.open(page.as_uri() if secret else url)
        yield
