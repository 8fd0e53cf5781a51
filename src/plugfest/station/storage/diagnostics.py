"""What the station writes down of what happens to it, for those who ask for its logs (N01)."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from plugfest.station.storage.store import Store

CAPACITY: Final = 1000


class Entry(msgspec.Struct, frozen=True):
    """One event."""

    at: datetime
    type: str
    tech_info: str = ""


class Log:
    """The last events of one kind, across power cuts; the oldest is dropped when it is full."""

    collection: ClassVar[str]

    def __init__(self, store: Store) -> None:
        self._entries = store.records(self.collection, Entry)
        self._keys = [key for key, _ in self._entries.items()]
        self._last = int(self._keys[-1]) if self._keys else 0

    def add(self, entry: Entry) -> None:
        self._last += 1
        self._keys.append(str(self._last))
        self._entries.put(self._keys[-1], entry)
        if len(self._keys) > CAPACITY:
            self._entries.delete(self._keys.pop(0))

    def entries(self, oldest: datetime | None = None, latest: datetime | None = None) -> list[Entry]:
        """What is kept from a time and up to a time, the oldest first."""
        return [
            entry
            for entry in self._entries.values()
            if (oldest is None or entry.at >= oldest) and (latest is None or entry.at <= latest)
        ]


class SecurityLog(Log):
    """Every security event (A04.FR.04)."""

    collection = "security_log"


class EventLog(Log):
    """What else is of use to somebody who looks for the cause of a problem."""

    collection = "event_log"


class CustomerData:
    """Free text about customers, across power cuts."""

    def __init__(self, store: Store) -> None:
        self._customers = store.records("customers", str)

    def remember(self, identifier: str, about: str) -> None:
        self._customers.put(identifier, about)

    def about(self, identifier: str) -> str | None:
        return self._customers.get(identifier)

    def forget(self, identifier: str) -> None:
        self._customers.delete(identifier)
