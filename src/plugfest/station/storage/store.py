"""The durable storage of a station: one SQLite file with typed records."""

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Generic, TypeAlias, TypeVar

import msgspec

from plugfest.station.storage.database import (
    RESERVE_BYTES,
    Notice,
    checksum_of,
    keep_reserve,
    key_file_of,
    open_database,
    place_of,
    roll_back,
    set_aside,
)
from plugfest.station.storage.errors import StoreError, reason_of
from plugfest.station.storage.sealing import SECRET_COLLECTIONS, Sealer, WrongKey, read_or_create_key

__all__ = ["IN_MEMORY", "Records", "Store", "StoreError"]

T = TypeVar("T")

IN_MEMORY: Final = ":memory:"
"""The file of a store that ends with the station."""

_COMMITS_PER_RESERVE: Final = 1000
"""After so many commits the store looks whether it still has its reserve of space."""

_Value: TypeAlias = str | bytes | int | None

_log = logging.getLogger(__name__)


class Store:
    """Durable storage. Data is on disk when the write, or the outermost `transaction`, returns.

    A store that could not be read or written stays closed until `reopen`: what is in memory may differ from what is on
    the disk. `on_failure` is called with the reason, and again for each attempt to use the store meanwhile; it returns
    the exception to raise, by default that StoreError.

    `key_file`: with the key of its secrets, by default beside the store; it is created if it is missing. `notice` takes
    a line for the user whenever the store was repaired, or the disk is full.

    Raises StoreError if the file cannot be read, written or repaired, is no store, or is used by another station.
    """

    def __init__(
        self, path: Path | str = IN_MEMORY, *, key_file: Path | None = None, notice: Notice = _log.warning
    ) -> None:
        self._path = str(path)
        self._notice = notice
        self.on_failure: Callable[[StoreError], BaseException] = lambda error: error
        self.failure: StoreError | None = None
        """Why it cannot be used; None if it can."""
        self._depth = 0
        self._commits = 0
        self._has_reserve = True
        self._key_file = key_file or key_file_of(Path(path))
        was_store = self._key_file.exists()
        self._sealer = self._read_key()
        self._database = self._open(was_store=was_store)
        self._renew_reserve(log_begins=True)

    def records(self, name: str, kind: type[T]) -> "Records[T]":
        """The collection `name` with values of type `kind` (any type that msgspec encodes as JSON)."""
        return Records(self, name, kind, self._sealer if name in SECRET_COLLECTIONS else None)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of the block together, or none. Do not await inside."""
        if self._depth == 0:
            self._run("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                roll_back(self._database)
            raise
        self._depth -= 1
        if self._depth == 0:
            self._run("COMMIT")
            self._committed()

    def read(self, statement: str, *arguments: _Value) -> list[tuple[_Value, ...]]:
        """The rows of a statement of SQL: for `Records`."""
        rows, _ = self._run(statement, arguments)
        return rows

    def write(self, statement: str, *arguments: _Value) -> int:
        """Run a statement of SQL that changes records, and return how many: for `Records`."""
        _, changed = self._run(statement, arguments)
        if self._depth == 0:
            self._committed()
        return changed

    def _run(self, statement: str, arguments: Sequence[_Value] = ()) -> tuple[list[tuple[_Value, ...]], int]:
        if self.failure is not None:
            raise self.on_failure(self.failure)
        try:
            cursor = self._database.execute(statement, arguments)
            return cursor.fetchall(), cursor.rowcount
        except sqlite3.Error as error:
            self.failure = self._error(reason_of(error))
        roll_back(self._database)
        raise self.on_failure(self.failure)

    def set_aside(self, collection: str, key: str, reason: str) -> None:
        """Move a record that cannot be used to the damaged ones, with a line for the user."""
        self._notice(f"{self._path} has a damaged record, which was set aside: {collection}/{key}: {reason}")
        with self.transaction():
            rows = self.read("SELECT position FROM record WHERE collection = ? AND key = ?", collection, key)
            for (position,) in rows:
                set_aside(self._database, int(position or 0), reason)

    def has_space(self, size: int) -> bool:
        """Whether a value of so many bytes fits on the disk, without the reserve."""
        if self._path == IN_MEMORY:
            return True
        try:
            free = shutil.disk_usage(Path(self._path).resolve().parent).free
        except OSError:
            return False
        return free >= 3 * size + RESERVE_BYTES  # in base64, in the log and in the file

    def reopen(self) -> None:
        """Use the store again after a failure, repaired if it is damaged. Raises StoreError if it still fails."""
        if self._path == IN_MEMORY:
            self.failure = None
            return
        self._database.close()
        self._depth = 0
        try:
            self._database = self._open(was_store=True)
        except StoreError as error:
            self.failure = error
            raise
        self._has_reserve = keep_reserve(Path(self._path), self._database, log_begins=True)
        if not self._has_reserve:
            self.failure = self._error("the disk is full")
            raise self.failure
        self.failure = None

    def close(self) -> None:
        self._database.close()

    def _read_key(self) -> Sealer | None:
        if self._path == IN_MEMORY:
            return None
        file = self._key_file
        try:
            return Sealer(read_or_create_key(file))
        except OSError as error:
            raise self._error(f"the key in {file} cannot be read or created: {error.strerror or error}") from None
        except ValueError as error:
            raise self._error(f"{file} has no key for it: {error}") from None

    def _open(self, *, was_store: bool) -> sqlite3.Connection:
        try:
            return open_database(self._path, self._sealer, self._notice, was_store=was_store)
        except (sqlite3.Error, OSError) as error:
            raise self._error(reason_of(error) if isinstance(error, sqlite3.Error) else str(error)) from None

    def _committed(self) -> None:
        self._commits += 1
        if self._commits % _COMMITS_PER_RESERVE == 0:
            self._renew_reserve(log_begins=False)

    def _renew_reserve(self, *, log_begins: bool) -> None:
        if self._path == IN_MEMORY:
            return
        had, self._has_reserve = (
            self._has_reserve,
            keep_reserve(Path(self._path), self._database, log_begins=log_begins),
        )
        if had and not self._has_reserve:
            self._notice(f"the disk of {self._path} is full; the station goes on as long as the store has space")
        elif self._has_reserve and not had:
            self._notice(f"the disk of {self._path} has space again")

    def _error(self, reason: str) -> StoreError:
        return StoreError(self._path, reason)


class Records(Generic[T]):
    """A durable map from text to `T`, in the order in which the keys were first put.

    A stored value that is not a `T`, because it is damaged or from another version of Plugfest, is set aside: it is as
    if it had not been stored.
    """

    def __init__(self, store: Store, name: str, kind: type[T], sealer: Sealer | None) -> None:
        self._store = store
        self._name = name
        self._sealer = sealer
        self._encode = msgspec.json.Encoder().encode
        self._decoder = msgspec.json.Decoder(kind)

    def get(self, key: str) -> T | None:
        rows = self._store.read(
            "SELECT key, value, checksum FROM record WHERE collection = ? AND key = ?", self._name, key
        )
        return next((value for _, value in self._decoded(rows)), None)

    def put(self, key: str, value: T) -> None:
        stored = self._encode(value)
        if self._sealer is not None:
            stored = self._sealer.seal(stored, place_of(self._name, key))
        self._store.write(
            "INSERT INTO record (collection, key, value, checksum) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum",
            self._name,
            key,
            stored,
            checksum_of(self._name, key, stored),
        )

    def delete(self, key: str) -> bool:
        """Delete a key. Returns whether it existed."""
        return self._store.write("DELETE FROM record WHERE collection = ? AND key = ?", self._name, key) > 0

    def clear(self) -> None:
        self._store.write("DELETE FROM record WHERE collection = ?", self._name)

    def items(self) -> list[tuple[str, T]]:
        rows = self._store.read(
            "SELECT key, value, checksum FROM record WHERE collection = ? ORDER BY position", self._name
        )
        return list(self._decoded(rows))

    def values(self) -> list[T]:
        return [value for _, value in self.items()]

    def set_aside(self, key: str, reason: str) -> None:
        """Keep a record that cannot be used apart from the others."""
        self._store.set_aside(self._name, key, reason)

    def __len__(self) -> int:
        ((count,),) = self._store.read("SELECT count(*) FROM record WHERE collection = ?", self._name)
        return int(count or 0)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def _decoded(self, rows: list[tuple[_Value, ...]]) -> Iterator[tuple[str, T]]:
        for key, stored, checksum in rows:
            name = str(key)
            try:
                yield name, self._decode(name, stored, checksum)
            except _Damaged as damage:
                self.set_aside(name, str(damage))

    def _decode(self, key: str, stored: _Value, checksum: _Value) -> T:
        if not isinstance(stored, bytes) or checksum != checksum_of(self._name, key, stored):
            raise _Damaged("wrong checksum")
        try:
            plain = stored if self._sealer is None else self._sealer.open(stored, place_of(self._name, key))
            return self._decoder.decode(plain)
        except WrongKey:
            raise _Damaged("it cannot be unsealed") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _Damaged(f"not of this version of Plugfest: {error}") from None


class _Damaged(Exception):
    """A stored value that cannot be used."""
