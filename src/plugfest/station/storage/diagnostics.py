"""What the station stores for diagnostics: its logs (N01) and data of customers (N09)."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from plugfest.station.storage.store import Store

CAPACITY: Final = 1000


class LogEntry(msgspec.Struct, frozen=True):
    """One logged event."""

    at: datetime
    type: str
    tech_info: str = ""


class Log:
    """The last CAPACITY events, stored; the oldest is dropped when the log is full."""

    collection: ClassVar[str]

    def __init__(self, store: Store) -> None:
        self._entries = store.records(self.collection, LogEntry)
        self._keys = [key for key, _ in self._entries.items()]
        self._last = int(self._keys[-1]) if self._keys else 0

    def add(self, entry: LogEntry) -> None:
        self._last += 1
        self._keys.append(str(self._last))
        self._entries.put(self._keys[-1], entry)
        if len(self._keys) > CAPACITY:
            self._entries.delete(self._keys.pop(0))

    def entries(self, oldest: datetime | None = None, latest: datetime | None = None) -> list[LogEntry]:
        """The entries between two times, oldest first."""
        return [
            entry
            for entry in self._entries.values()
            if (oldest is None or entry.at >= oldest) and (latest is None or entry.at <= latest)
        ]


class SecurityLog(Log):
    """Every security event (A04.FR.04)."""

    collection = "security_log"


class EventLog(Log):
    """Other events that help to find the cause of a problem."""

    collection = "event_log"


class CustomerData:
    """What the operator stores about customers: free text by customer identifier (N09, C-14)."""

    def __init__(self, store: Store) -> None:
        self._customers = store.records("customers", str)

    def put(self, identifier: str, data: str) -> None:
        self._customers.put(identifier, data)

    def get(self, identifier: str) -> str | None:
        return self._customers.get(identifier)

    def delete(self, identifier: str) -> None:
        self._customers.delete(identifier)
