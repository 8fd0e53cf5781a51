"""A worker process of the self-test ends with the process that started it, however that ends."""

import os
import signal
from types import FrameType
from typing import Final

from plugfest.garbage_collection import collect_less_often

CHECK_INTERVAL: Final = 0.5
"""Seconds between two checks whether the parent process still exists."""


def begin(parent: int) -> None:
    """Prepare this process, which ends from now on when it has another parent than the one with this id.

    Ctrl-C, which reaches every process of a terminal, is left to the parent.
    """
    collect_less_often()

    def check(_number: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, check)
    signal.setitimer(signal.ITIMER_REAL, CHECK_INTERVAL, CHECK_INTERVAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
