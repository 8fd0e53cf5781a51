"""Where the records of a store are: what `Store` needs of a file, or of the memory instead of one."""

from typing import NamedTuple, Protocol


class StoredValue(NamedTuple):
    """A value as it was encoded. `damage`: why it cannot be used; empty if it can."""

    value: bytes
    damage: str = ""


class RecordTable(Protocol):
    """Values by collection and key. A write outside a transaction is one by itself.

    Every method may raise sqlite3.Error.
    """

    def begin(self) -> None:
        """Begin a transaction."""

    def commit(self) -> None:
        """End the transaction, and keep its writes."""

    def roll_back(self) -> None:
        """End the transaction, if there is one, and undo its writes."""

    def get(self, collection: str, key: str) -> StoredValue | None: ...

    def items(self, collection: str) -> list[tuple[str, StoredValue]]:
        """In the order in which the keys were first put."""
        ...

    def put(self, collection: str, key: str, value: bytes) -> None: ...

    def delete(self, collection: str, key: str) -> bool:
        """Delete a key. Returns whether it existed."""
        ...

    def clear(self, collection: str) -> None: ...

    def count(self, collection: str) -> int: ...

    def set_aside(self, collection: str, key: str, reason: str) -> None:
        """Move a record to the damaged ones."""

    def has_space(self, size: int) -> bool:
        """Whether a value of so many bytes fits without the reserve."""

    def keep_reserve(self, *, log_begins: bool) -> bool:
        """Keep space for the next writes: see `database.keep_reserve`. False: there is none."""

    def close(self) -> None: ...
