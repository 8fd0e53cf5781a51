"""The durable storage of a station: one SQLite file with typed records."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
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


# The file is locked while the station runs: two stations with one store would overwrite each other's messages.
_SETUP = (
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    _SCHEMA,
    "BEGIN IMMEDIATE",
    "SELECT position, collection, key, value FROM record LIMIT 1",
    "COMMIT",
)


class StoreError(Exception):
    """The file of the store, or its content, cannot be used; the text is one line for the user."""


class Store:
    """Durable storage. Data is on disk when the write, or the outermost `transaction`, returns.

    Raises StoreError if the file is not a store, is damaged, or is used by another station.
    """

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._path = str(path)
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=0)
            for statement in _SETUP:
                self._database.execute(statement)
            damage = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            locked = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            raise self._error("another station is using it" if locked else str(error)) from None
        if damage != "ok":
            raise self._error(damage)
        self._depth = 0

    def records(self, name: str, kind: type[T]) -> "Records[T]":
        """The collection `name` with values of type `kind` (any type that msgspec encodes as JSON)."""
        return Records(self._database, name, kind, self._error)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of the block together, or none. Do not await inside."""
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

    def _error(self, reason: str) -> StoreError:
        return StoreError(f"cannot use {self._path} as the station's store: {' '.join(reason.split())}")


class Records(Generic[T]):
    """A durable map from text to `T`, in the order in which the keys were first put.

    Reading raises StoreError if the stored value is not a `T`: the file is damaged or from another version of Plugfest.
    """

    def __init__(
        self, database: sqlite3.Connection, name: str, kind: type[T], error: Callable[[str], StoreError]
    ) -> None:
        self._database = database
        self._name = name
        self._error = error
        self._encode = msgspec.json.Encoder().encode
        self._decoder = msgspec.json.Decoder(kind)

    def get(self, key: str) -> T | None:
        row = self._database.execute(
            "SELECT value FROM record WHERE collection = ? AND key = ?", (self._name, key)
        ).fetchone()
        return None if row is None else self._decode(key, row[0])

    def put(self, key: str, value: T) -> None:
        self._database.execute(
            "INSERT INTO record (collection, key, value) VALUES (?, ?, ?)"
            " ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
            (self._name, key, self._encode(value)),
        )

    def delete(self, key: str) -> bool:
        """Delete a key. Returns whether it existed."""
        cursor = self._database.execute("DELETE FROM record WHERE collection = ? AND key = ?", (self._name, key))
        return cursor.rowcount > 0

    def clear(self) -> None:
        self._database.execute("DELETE FROM record WHERE collection = ?", (self._name,))

    def items(self) -> list[tuple[str, T]]:
        rows = self._database.execute(
            "SELECT key, value FROM record WHERE collection = ? ORDER BY position", (self._name,)
        )
        return [(key, self._decode(key, value)) for key, value in rows]

    def values(self) -> list[T]:
        return [value for _, value in self.items()]

    def __len__(self) -> int:
        (count,) = self._database.execute("SELECT count(*) FROM record WHERE collection = ?", (self._name,)).fetchone()
        return int(count)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def _decode(self, key: str, value: bytes) -> T:
        try:
            return self._decoder.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            what = f"{self._name}/{key} is damaged or from another version of Plugfest"
            raise self._error(f"{what}: {error}") from None
