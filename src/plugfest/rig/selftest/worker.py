"""A worker process of the self-test ends with the process that started it, however that ends."""

import os
import signal
from types import FrameType
from typing import Final

CHECK_INTERVAL: Final = 0.5
"""Seconds between two checks whether the parent process still exists."""


def end_with_parent(parent: int) -> None:
    """From now on, end this process when it has another parent than the one with this id.

    Ctrl-C, which reaches every process of a terminal, is left to the parent.
    """

    def check(_number: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, check)
    signal.setitimer(signal.ITIMER_REAL, CHECK_INTERVAL, CHECK_INTERVAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
