"""What a person configures in a station: the settings, their QR code, and how long the lab waits for the station."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from plugfest.cli.terminal.connection_lines import ConnectionLines
from plugfest.cli.terminal.qr_code import qr_code
from plugfest.lab import events
from plugfest.reports.model.wording import duration
from plugfest.rig.commissioning_guide import CommissioningGuide

REFRESH: Final = 1.0
"""Seconds between two updates of the time that is left."""


class CommissioningScreen:
    """Shows guides on a console. `qr`: also as a QR code, where the terminal has space for it."""

    def __init__(self, console: Console, *, qr: bool) -> None:
        self._console = console
        self._qr = qr
        self._shown = ""

    def show(self, guide: CommissioningGuide) -> None:
        """Show the settings and the code."""
        self._console.print(guide.page(), soft_wrap=True)
        self.show_code(guide)

    def show_code(self, guide: CommissioningGuide) -> None:
        """Show the code, unless it is the one that was shown last."""
        text = guide.qr_text()
        if not (self._qr and self._console.is_terminal) or text == self._shown:
            return
        code = qr_code(text)
        if len(code.splitlines()[0]) <= self._console.width:
            self._shown = text
            self._console.print(code)


class WaitingScreen:
    """What a command shows while it waits for a station: the guide, the time that is left, each attempt that fails."""

    def __init__(self, console: Console, *, qr: bool) -> None:
        self._console = console
        self._guides = CommissioningScreen(console, qr=qr)
        self._connections = ConnectionLines(each_once=False)
        self._live: Live | None = None
        self._counting: asyncio.Future[None] | None = None

    def announce(self, guide: CommissioningGuide, within: float) -> None:
        """The lab waits from now on, for so many seconds."""
        self._guides.show(guide)
        if not self._console.is_terminal:
            self._console.print(waiting_line(within), soft_wrap=True)
            return
        # Without its thread: the loop refreshes it.
        self._live = Live(
            console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._live.start()
        self._counting = asyncio.ensure_future(self._count(self._live, asyncio.get_running_loop().time() + within))

    def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.StationConnected):
            self.end()
        for line in self._connections.lines(event):
            self._console.print(line, soft_wrap=True)

    def end(self) -> None:
        """The lab does not wait any more."""
        if self._counting is not None and not self._counting.done():
            self._counting.cancel()
        if self._live is not None:
            self._live.stop()
            self._live = None

    async def _count(self, live: Live, end: float) -> None:
        loop = asyncio.get_running_loop()
        while (left := end - loop.time()) > 0:
            live.update(Text(waiting_line(left), "dim", no_wrap=True, overflow="ellipsis"), refresh=True)
            await asyncio.sleep(min(REFRESH, left))


@contextmanager
def waiting(console: Console, *, qr: bool) -> Iterator[WaitingScreen]:
    """The screen of a command that waits in this block."""
    screen = WaitingScreen(console, qr=qr)
    try:
        yield screen
    finally:
        screen.end()


def waiting_line(seconds: float) -> str:
    """How long the lab waits for the station."""
    whole = round(seconds)
    return f"Waiting for the station, at most {duration(whole) if whole >= 60 else f'{whole} s'}. Ctrl-C ends."
