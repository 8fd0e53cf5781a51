"""The station's own clock. It runs on through reboots, and the CSMS sets it (B01.FR.06, G02.FR.06)."""

from datetime import UTC, datetime, timedelta

from plugfest import clock
from plugfest.station.storage.store import Store

TOLERANCE = timedelta(seconds=1)
"""Smaller differences are the message's way over the network."""

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""What the clock can show. A CSMS that names another time is mistaken, and the clock stays as it is."""


class StationClock:
    """A clock that can be set. How far it is off the computer's own is in the store."""

    def __init__(self, store: Store) -> None:
        self._offsets = store.records("clock", float)
        self._offset = timedelta(seconds=self._offsets.get("offset") or 0.0)

    def now(self) -> datetime:
        """The time of day in UTC."""
        return clock.utc_now() + self._offset

    def set(self, time: datetime) -> timedelta:
        """Show `time` from now on. Returns how far the clock jumped: zero if it was right already, or `time` is not."""
        if not EARLIEST <= time < LATEST:
            return timedelta(0)
        jump = time - self.now()
        if abs(jump) < TOLERANCE:
            return timedelta(0)
        self._offset += jump
        self._offsets.put("offset", self._offset.total_seconds())
        return jump
