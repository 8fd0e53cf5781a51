"""The security log: every security event, the oldest dropped when it is full (A04.FR.04)."""

from datetime import datetime
from typing import Final

import msgspec

from plugfest.station.store import Store

CAPACITY: Final = 1000


class Entry(msgspec.Struct, frozen=True):
    """One security event."""

    at: datetime
    type: str
    tech_info: str = ""


class SecurityLog:
    """The last security events of the station."""

    def __init__(self, store: Store) -> None:
        self._entries = store.records("security_log", Entry)
        self._keys = [key for key, _ in self._entries.items()]
        self._last = int(self._keys[-1]) if self._keys else 0

    def add(self, entry: Entry) -> None:
        self._last += 1
        self._keys.append(str(self._last))
        self._entries.put(self._keys[-1], entry)
        if len(self._keys) > CAPACITY:
            self._entries.delete(self._keys.pop(0))

    def entries(self) -> list[Entry]:
        """All that is kept, the oldest first."""
        return self._entries.values()
