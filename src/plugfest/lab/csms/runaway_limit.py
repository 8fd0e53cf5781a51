"""Limits how long the lab waits for a station, and how much it accepts from it meanwhile.

Simulated time does not advance while a socket has data to read. With a station that sends without end, no timeout of
the lab would expire: therefore its frames, also those of the WebSocket protocol, and their bytes are counted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from plugfest import clock
from plugfest.lab.verdict import LabError
from plugfest.link.attempt import Attempt

MAX_DURATION = 5 * 3600.0
"""Seconds after which a preparation, a scenario or the restoring of the station is stopped. No case takes as long."""

BURST = 1000
"""Frames and connection attempts that are allowed at any rate. A case with our station has fewer than fifty."""

BURST_AT_BEGIN = 10_000
"""The same before the first case: the station may have queued the messages of many days."""

MAX_RATE = 20.0
"""Frames and connection attempts that are allowed per second in addition."""

BURST_BYTES = 16_000_000
"""Bytes that are allowed at any rate. The largest report of a device model has less than a tenth."""

MAX_BYTE_RATE = 20_000.0
"""Bytes that are allowed per second in addition."""

BURST_OF_OTHERS = 2 * BURST
"""Connection attempts of clients that are not known to be the station, allowed at any rate."""


class RunawayStation(LabError):
    """The station exceeded the limit for time, or for frames and connection attempts."""


class TooManyClients(LabError):
    """In simulated time, clients that are not known to be the station exceeded the limit for connection attempts."""


class RunawayLimit:
    """Stops a part of a campaign in which a limit is exceeded. `disconnect` is called if the station exceeds it."""

    def __init__(self, disconnect: Callable[[], None]) -> None:
        self._disconnect = disconnect
        self._loop = asyncio.get_running_loop()
        self._timeout: asyncio.Timeout | None = None
        self._began = 0.0
        self._count = 0
        self._bytes = 0
        self._burst = BURST
        self._others = 0
        self._last_other = ""

    def count(self, size: int = 0) -> None:
        """Count a frame of the station with its size in bytes, or its attempt to connect."""
        self._count += 1
        self._bytes += size
        if (self._too_many_frames() or self._too_many_bytes()) and self._stop():
            self._disconnect()

    def count_attempt(self, attempt: Attempt, is_station: bool) -> None:
        """Count an attempt to connect. One that is not known to be of the station is not held against it.

        In real time such clients may be anywhere on the network, and are not limited. In simulated time they are in the
        process of the lab, and time stands still while they connect.
        """
        if is_station:
            self.count()
            return
        if not clock.is_simulated():
            return
        self._others += 1
        self._last_other = f"the last one from {attempt.remote}: {attempt.failure}"
        if self._too_many_others():
            self._stop()

    def _stop(self) -> bool:
        """End the block. False if there is none, or its end has come."""
        if self._timeout is None or self._timeout.expired():
            return False
        self._timeout.reschedule(self._loop.time())
        self._timeout = None  # reschedule only once
        return True

    def _too_many_frames(self) -> bool:
        return self._count > self._burst + MAX_RATE * self._seconds()

    def _too_many_bytes(self) -> bool:
        return self._bytes > BURST_BYTES + MAX_BYTE_RATE * self._seconds()

    def _too_many_others(self) -> bool:
        return self._others > BURST_OF_OTHERS + MAX_RATE * self._seconds()

    def _seconds(self) -> float:
        return self._loop.time() - self._began

    @asynccontextmanager
    async def enforced(self, burst: int = BURST) -> AsyncIterator[None]:
        """Enforce the limits in this block. Blocks do not overlap. `burst`: what is allowed at any rate.

        Raises:
            RunawayStation, TooManyClients: the block was stopped.
        """
        self._began, self._burst = self._loop.time(), burst
        self._count = self._bytes = self._others = 0
        timeout = self._timeout = asyncio.timeout(MAX_DURATION)
        try:
            async with timeout:
                yield
        except TimeoutError:
            if not timeout.expired():
                raise  # a timeout within the block
            raise self._reason() from None
        finally:
            self._timeout = None

    def _reason(self) -> LabError:
        seconds = self._seconds()
        if seconds >= MAX_DURATION:
            return RunawayStation(f"not finished within {MAX_DURATION:g} s")
        within = f"within {seconds:.1f} s, more than the limit"
        if self._too_many_others():
            return TooManyClients(
                f"{self._others} connection attempts of clients that are not known to be the station {within};"
                f" {self._last_other}"
            )
        if self._too_many_bytes():
            return RunawayStation(f"{self._bytes} bytes in {self._count} frames {within}")
        return RunawayStation(f"{self._count} frames and connection attempts {within}")
