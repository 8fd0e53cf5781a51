"""The terminal of a person at a station: lines, a live line below them, a bell, a notification."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console, ConsoleRenderable, RenderHook
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from plugfest.cli.terminal.standard_output import printable

INPUT_MARK: Final = "> "

ERASE_LIVE: Final = Control(
    ControlType.CARRIAGE_RETURN,
    (ControlType.ERASE_IN_LINE, 2),
    (ControlType.CURSOR_UP, 1),
    (ControlType.ERASE_IN_LINE, 2),
)
"""Erases the line of the input and the live line above it."""

REPLACE_LIVE: Final = "\0337\033[1A\r\033[2K\033[2m{}\033[0m\0338"
"""Replaces the live line; the cursor stays in the line of the input, where a person may be typing."""

BELL: Final = "\a"

NOTIFICATION: Final = "\033]9;{}\a"
"""OSC 9: a desktop notification of the terminal itself."""

MAX_NOTIFICATION_LENGTH: Final = 200


class PromptScreen(RenderHook):
    """Prints to the console; what anything else prints there also appears above the live line."""

    def __init__(self, console: Console, *, alerts: Sequence[Callable[[str], None]] = ()) -> None:
        self._console = console
        self._alerts = alerts
        self._live: str | None = None
        self._is_drawn = False

    def __enter__(self) -> "PromptScreen":
        self._console.push_render_hook(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._console.pop_render_hook()
        if self._is_drawn:
            self._console.control(ERASE_LIVE)
            self._is_drawn = False

    def print(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)

    def alert(self, text: str) -> None:
        for alert in self._alerts:
            alert(text)

    def note_input(self) -> None:
        self._is_drawn = False

    def show_live(self, text: str) -> None:
        if not self._console.is_terminal:
            return
        self._live = text
        if self._is_drawn:
            self._console.file.write(REPLACE_LIVE.format(self._line().plain))
            self._console.file.flush()
        else:
            self._console.print(Text("", end=""), end="")

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Draw the live line below what is printed."""
        if self._live is None:
            return renderables
        before = [ERASE_LIVE] if self._is_drawn else []
        self._is_drawn = True
        return [*before, *renderables, self._line(), Text(INPUT_MARK, end="")]

    def _line(self) -> Text:
        line = Text(printable(self._live or ""), "dim", no_wrap=True)
        line.truncate(self._console.width - 1, overflow="ellipsis")
        return line


def ring(console: Console) -> Callable[[str], None]:
    """An alert that rings the bell of the terminal."""
    return lambda _: _write(console, BELL)


def notify(console: Console) -> Callable[[str], None]:
    """An alert on the desktop: by `notify-send` where there is a desktop, otherwise by the terminal (OSC 9)."""
    program = shutil.which("notify-send") if "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ else None
    started: list[subprocess.Popen[bytes]] = []

    def alert(text: str) -> None:
        line = printable(" ".join(text.split()))[:MAX_NOTIFICATION_LENGTH]
        if program is None:
            _write(console, NOTIFICATION.format(line))
            return
        started[:] = [one for one in started if one.poll() is None]
        silent = subprocess.DEVNULL
        started.append(subprocess.Popen([program, "--", "Plugfest", line], stdin=silent, stdout=silent, stderr=silent))

    return alert


def _write(console: Console, sequence: str) -> None:
    if console.is_terminal:
        console.file.write(sequence)
        console.file.flush()
