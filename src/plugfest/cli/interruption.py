"""SIGTERM ends a campaign as Ctrl-C does."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

INTERRUPTED: Final = 128 + signal.SIGINT
TERMINATED: Final = 128 + signal.SIGTERM


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
