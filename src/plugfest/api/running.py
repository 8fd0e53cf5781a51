"""Runs a program in real or in simulated time."""

from collections.abc import Coroutine
from datetime import datetime
from typing import Any, TypeVar

from plugfest import clock

T = TypeVar("T")


def now() -> datetime:
    """The time of day in UTC by the running event loop: a CSMS in simulated time has to give this one."""
    return clock.utc_now()


def run(main: Coroutine[Any, Any, T], *, simulated: bool = False, start: datetime | None = None) -> T:
    """Run a coroutine as `asyncio.run` does.

    `simulated`: time jumps to the next timer whenever nothing else is to be done, so that hours take seconds. Stations
    and CSMS have to run in this one loop: the clock does not wait for other processes. `start`: the time of day at
    which simulated time begins, by default now.
    """
    return clock.run(main, simulated=simulated, start=start)
