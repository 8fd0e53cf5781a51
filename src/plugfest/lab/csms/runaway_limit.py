"""An end for stations that know none: how long the lab stays with one, and how much it lets it say meanwhile.

Simulated time stands still while a socket has something to say, so a station that talks for ever would stop every
other timeout of the lab: what it says is counted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from plugfest.lab.verdict import LabError

LONGEST = 7200.0
"""Seconds after which whatever the lab does with a station is stopped."""

BURST = 1000
"""Frames and attempts to connect that may come at any speed; a case of our station has fewer than fifty."""

PER_SECOND = 20.0
"""Frames and attempts to connect that may come for each second besides."""


class RunawayStation(LabError):
    """The station does not come to an end."""


class RunawayLimit:
    """Stops what the lab is doing when the station goes on without end. `disconnect` is called then."""

    def __init__(self, disconnect: Callable[[], None]) -> None:
        self._disconnect = disconnect
        self._loop = asyncio.get_running_loop()
        self._timeout: asyncio.Timeout | None = None
        self._began = 0.0
        self._said = 0

    def count(self) -> None:
        """The station sent a frame, or tried to connect."""
        self._said += 1
        if self._timeout is not None and not self._timeout.expired() and self._said > self._allowed():
            self._disconnect()
            self._timeout.reschedule(self._loop.time())
            self._timeout = None  # once is enough

    def _allowed(self) -> float:
        return BURST + PER_SECOND * (self._loop.time() - self._began)

    @asynccontextmanager
    async def enforced(self) -> AsyncIterator[None]:
        """What happens in this block comes to an end. Blocks do not overlap.

        Raises:
            Endless: it was stopped.
        """
        self._began, self._said = self._loop.time(), 0
        timeout = self._timeout = asyncio.timeout(LONGEST)
        try:
            async with timeout:
                yield
        except TimeoutError:
            if not timeout.expired():
                raise  # somebody else's
            raise RunawayStation(self._reason()) from None
        finally:
            self._timeout = None

    def _reason(self) -> str:
        seconds = self._loop.time() - self._began
        if seconds >= LONGEST:
            return f"no end within {LONGEST:g} s"
        return f"{self._said} frames and attempts to connect within {seconds:.1f} s, and no end to them"
