"""SIGTERM ends a command as Ctrl-C does, with one line and without a traceback."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED: Final = 128 + signal.SIGINT
TERMINATED: Final = 128 + signal.SIGTERM
STANDARD_ERROR: Final = 2


class Interruption:
    """Which signal has interrupted the block; None as long as none has."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    @property
    def exit_code(self) -> int:
        return TERMINATED if self.signal is signal.SIGTERM else INTERRUPTED

    @property
    def text(self) -> str:
        """The first word of what is printed."""
        return "Terminated" if self.signal is signal.SIGTERM else "Interrupted"

    @property
    def line(self) -> str:
        """What is printed where nothing more is known."""
        return f"plugfest: {self.text.lower()}"


@contextmanager
def ending_at_once() -> Iterator[None]:
    """While modules are imported in the block, both signals end the process with a line; an ignored one does not."""
    numbers = [one for one in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    interruption = Interruption()
    interruption.signal = signal.Signals(number)
    os.write(STANDARD_ERROR, f"{interruption.line}\n".encode())
    os._exit(interruption.exit_code)  # an exception would end in the middle of an import


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Within the block SIGTERM raises KeyboardInterrupt where SIGINT would, also if SIGINT itself is ignored."""
    interruption = Interruption()

    def on_sigterm(number: int, frame: FrameType | None) -> None:
        interruption.signal = signal.SIGTERM
        if callable(signal.getsignal(signal.SIGINT)):
            signal.raise_signal(signal.SIGINT)
        else:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, on_sigterm)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGTERM, before)
