"""The records of a store in a SQLite file."""

import shutil
import sqlite3
from pathlib import Path

from plugfest.station.storage import database as files
from plugfest.station.storage.database import RESERVE_BYTES, checksum_of
from plugfest.station.storage.table import StoredValue


class SqliteTable:
    """A RecordTable in a database that `open_database` has opened. `path`: of its file; None: it is in memory."""

    def __init__(self, database: sqlite3.Connection, path: Path | None) -> None:
        self.database = database
        self._path = path

    def begin(self) -> None:
        """Begin a transaction."""
        self.database.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """End the transaction, and keep its writes."""
        self.database.execute("COMMIT")

    def roll_back(self) -> None:
        """End the transaction, if there is one, and undo its writes."""
        files.roll_back(self.database)

    def get(self, collection: str, key: str) -> StoredValue | None:
        row = self.database.execute(
            "SELECT value, checksum FROM record WHERE collection = ? AND key = ?", (collection, key)
        ).fetchone()
        return None if row is None else _stored(collection, key, *row)

    def items(self, collection: str) -> list[tuple[str, StoredValue]]:
        """In the order in which the keys were first put."""
        rows = self.database.execute(
            "SELECT key, value, checksum FROM record WHERE collection = ? ORDER BY position", (collection,)
        ).fetchall()
        return [(str(key), _stored(collection, str(key), value, checksum)) for key, value, checksum in rows]

    def put(self, collection: str, key: str, value: bytes) -> None:
        self.database.execute(
            "INSERT INTO record (collection, key, value, checksum) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum",
            (collection, key, value, checksum_of(collection, key, value)),
        )

    def delete(self, collection: str, key: str) -> bool:
        """Delete a key. Returns whether it existed."""
        deleting = self.database.execute("DELETE FROM record WHERE collection = ? AND key = ?", (collection, key))
        return deleting.rowcount > 0

    def clear(self, collection: str) -> None:
        self.database.execute("DELETE FROM record WHERE collection = ?", (collection,))

    def count(self, collection: str) -> int:
        ((count,),) = self.database.execute("SELECT count(*) FROM record WHERE collection = ?", (collection,))
        return int(count)

    def set_aside(self, collection: str, key: str, reason: str) -> None:
        """Move a record to the damaged ones."""
        rows = self.database.execute(
            "SELECT position FROM record WHERE collection = ? AND key = ?", (collection, key)
        ).fetchall()
        for (position,) in rows:
            files.set_aside(self.database, position, reason)

    def has_space(self, size: int) -> bool:
        """Whether a value of so many bytes fits on the disk, without the reserve."""
        if self._path is None:
            return True
        try:
            free = shutil.disk_usage(self._path.resolve().parent).free
        except OSError:
            return False
        return free >= 3 * size + RESERVE_BYTES  # in base64, in the log and in the file

    def keep_reserve(self, *, log_begins: bool) -> bool:
        """Keep space for the next writes: see `database.keep_reserve`. False: the disk has none."""
        return self._path is None or files.keep_reserve(self._path, self.database, log_begins=log_begins)

    def close(self) -> None:
        self.database.close()


def _stored(collection: str, key: str, value: object, checksum: object) -> StoredValue:
    if isinstance(value, bytes) and checksum == checksum_of(collection, key, value):
        return StoredValue(value)
    return StoredValue(b"", "wrong checksum")
