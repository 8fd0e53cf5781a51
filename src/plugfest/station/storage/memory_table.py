"""The records of a store that ends with the station."""

from plugfest.station.storage.table import StoredValue


class MemoryTable:
    """A RecordTable in memory: a dict for each collection that is not empty."""

    def __init__(self) -> None:
        self._collections: dict[str, dict[str, bytes]] = {}
        self._before: dict[str, dict[str, bytes]] | None = None
        """The collections that the transaction has changed, as they were; None if there is no transaction."""

    def begin(self) -> None:
        """Begin a transaction."""
        self._before = {}

    def commit(self) -> None:
        """End the transaction, and keep its writes."""
        self._before = None

    def roll_back(self) -> None:
        """End the transaction, if there is one, and undo its writes."""
        self._collections.update(self._before or {})
        self._before = None

    def get(self, collection: str, key: str) -> StoredValue | None:
        value = self._collections.get(collection, {}).get(key)
        return None if value is None else StoredValue(value)

    def items(self, collection: str) -> list[tuple[str, StoredValue]]:
        """In the order in which the keys were first put."""
        return [(key, StoredValue(value)) for key, value in self._collections.get(collection, {}).items()]

    def put(self, collection: str, key: str, value: bytes) -> None:
        self._changing(collection)[key] = value

    def delete(self, collection: str, key: str) -> bool:
        """Delete a key. Returns whether it existed."""
        if key not in self._collections.get(collection, {}):
            return False
        del self._changing(collection)[key]
        return True

    def clear(self, collection: str) -> None:
        self._changing(collection).clear()

    def count(self, collection: str) -> int:
        return len(self._collections.get(collection, {}))

    def set_aside(self, collection: str, key: str, reason: str) -> None:
        """Delete a record: what ends with the station cannot be examined."""
        self.delete(collection, key)

    def has_space(self, size: int) -> bool:
        """Memory is not counted."""
        return True

    def keep_reserve(self, *, log_begins: bool) -> bool:
        """Memory needs no reserve."""
        return True

    def close(self) -> None:
        self._collections.clear()

    def _changing(self, collection: str) -> dict[str, bytes]:
        """A collection that is about to change."""
        records = self._collections.setdefault(collection, {})
        if self._before is not None and collection not in self._before:
            self._before[collection] = dict(records)
        return records
