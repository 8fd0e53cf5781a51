"""What a power cut must not lose: one SQLite file with typed records."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (collection, key)
)
"""


class StoreError(Exception):
    """The store's file cannot be used; the text is one line for the user."""


class Store:
    """Durable memory. What is written is on disk when the call (or the outermost `transaction`) returns."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        try:
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(f"cannot use {path} as the station's store: {error}") from None
        self._depth = 0

    def records(self, name: str, kind: type[T]) -> "Records[T]":
        """The collection `name`, whose values are of type `kind` (anything msgspec can write as JSON)."""
        return Records(self._database, name, kind)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside become durable together or not at all. Never await inside."""
        if self._depth == 0:
            self._database.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._database.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._database.execute("COMMIT")

    def close(self) -> None:
        self._database.close()


class Records(Generic[T]):
    """A durable map from text to `T`, in the order in which the keys were first put."""

    def __init__(self, database: sqlite3.Connection, name: str, kind: type[T]) -> None:
        self._database = database
        self._name = name
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(kind).decode

    def get(self, key: str) -> T | None:
        row = self._database.execute(
            "SELECT value FROM record WHERE collection = ? AND key = ?", (self._name, key)
        ).fetchone()
        return None if row is None else self._decode(row[0])

    def put(self, key: str, value: T) -> None:
        self._database.execute(
            "INSERT INTO record (collection, key, value) VALUES (?, ?, ?)"
            " ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
            (self._name, key, self._encode(value)),
        )

    def delete(self, key: str) -> bool:
        """Whether there was such a key."""
        cursor = self._database.execute("DELETE FROM record WHERE collection = ? AND key = ?", (self._name, key))
        return cursor.rowcount > 0

    def clear(self) -> None:
        self._database.execute("DELETE FROM record WHERE collection = ?", (self._name,))

    def items(self) -> list[tuple[str, T]]:
        rows = self._database.execute(
            "SELECT key, value FROM record WHERE collection = ? ORDER BY position", (self._name,)
        )
        return [(key, self._decode(value)) for key, value in rows]

    def values(self) -> list[T]:
        return [value for _, value in self.items()]

    def __len__(self) -> int:
        (count,) = self._database.execute("SELECT count(*) FROM record WHERE collection = ?", (self._name,)).fetchone()
        return int(count)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None
