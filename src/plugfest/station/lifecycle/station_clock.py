"""The station's clock. It keeps running through reboots, and the CSMS sets it (B01.FR.06, G02.FR.06)."""

from datetime import UTC, datetime, timedelta

from plugfest import clock
from plugfest.light_event import LightEvent
from plugfest.station.storage.store import Store

TOLERANCE = timedelta(seconds=1)
"""Smaller differences are due to network latency."""

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""The range of the clock."""


class OutOfRange(ValueError):
    """A time that the clock cannot have."""


class StationClock:
    """A clock that can be set. Its offset to the computer's clock is stored."""

    def __init__(self, store: Store) -> None:
        self._offsets = store.records("clock", float)
        self._offset = timedelta(seconds=self._offsets.get("offset") or 0.0)

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the computer's clock."""
        return self._offset

    def now(self) -> datetime:
        """The current time in UTC."""
        return clock.utc_now() + self._offset

    def set(self, time: datetime) -> timedelta:
        """Set the clock. Returns how far it jumped: zero if it was right already. Raises OutOfRange."""
        if not EARLIEST <= time < LATEST:
            raise OutOfRange(f"{time.isoformat()} is not between {EARLIEST.year} and {LATEST.year}")
        jump = time - self.now()
        if abs(jump) < TOLERANCE:
            return timedelta(0)
        self._offset += jump
        self._offsets.put("offset", self._offset.total_seconds())
        return jump


class ClockWait:
    """Waits that end early when the clock is set."""

    def __init__(self) -> None:
        self._clock_set = LightEvent()

    def end(self) -> None:
        """The clock was set."""
        self._clock_set.wake()

    async def sleep(self, seconds: float) -> None:
        """Wait for so long, or until the clock is set."""
        await clock.set_within(self._clock_set, seconds)
