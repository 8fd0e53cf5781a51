"""Limits how long the lab waits for a station, and how many frames and connection attempts it accepts meanwhile.

Simulated time does not advance while a socket has data to read. With a station that sends without end, no timeout of
the lab would expire: therefore its frames are counted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from plugfest.lab.verdict import LabError

MAX_DURATION = 7200.0
"""Seconds after which a preparation, a scenario or the restoring of the station is stopped."""

BURST = 1000
"""Frames and connection attempts that are allowed at any rate. A case with our station has fewer than fifty."""

MAX_RATE = 20.0
"""Frames and connection attempts that are allowed per second in addition."""


class RunawayStation(LabError):
    """The station exceeded the limit for time, or for frames and connection attempts."""


class RunawayLimit:
    """Stops a part of a campaign in which the station exceeds a limit. `disconnect` is called for too many frames."""

    def __init__(self, disconnect: Callable[[], None]) -> None:
        self._disconnect = disconnect
        self._loop = asyncio.get_running_loop()
        self._timeout: asyncio.Timeout | None = None
        self._began = 0.0
        self._count = 0

    def count(self) -> None:
        """Count a frame of the station, or an attempt to connect."""
        self._count += 1
        if self._timeout is not None and not self._timeout.expired() and self._count > self._allowed():
            self._disconnect()
            self._timeout.reschedule(self._loop.time())
            self._timeout = None  # reschedule only once

    def _allowed(self) -> float:
        return BURST + MAX_RATE * (self._loop.time() - self._began)

    @asynccontextmanager
    async def enforced(self) -> AsyncIterator[None]:
        """Enforce the limits in this block. Blocks do not overlap.

        Raises:
            RunawayStation: the block was stopped.
        """
        self._began, self._count = self._loop.time(), 0
        timeout = self._timeout = asyncio.timeout(MAX_DURATION)
        try:
            async with timeout:
                yield
        except TimeoutError:
            if not timeout.expired():
                raise  # a timeout within the block
            raise RunawayStation(self._reason()) from None
        finally:
            self._timeout = None

    def _reason(self) -> str:
        seconds = self._loop.time() - self._began
        if seconds >= MAX_DURATION:
            return f"not finished within {MAX_DURATION:g} s"
        return f"{self._count} frames and connection attempts within {seconds:.1f} s, more than the limit"
