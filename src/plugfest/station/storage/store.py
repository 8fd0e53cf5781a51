"""The durable storage of a station: one SQLite file with typed records, or the memory instead of a file."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from plugfest.station.storage.database import Notice, key_file_of, open_database, place_of
from plugfest.station.storage.errors import StoreError, reason_of
from plugfest.station.storage.memory_table import MemoryTable
from plugfest.station.storage.sealing import SECRET_COLLECTIONS, Sealer, WrongKey, read_or_create_key
from plugfest.station.storage.sqlite_table import SqliteTable
from plugfest.station.storage.table import RecordTable, StoredValue

__all__ = ["IN_MEMORY", "Records", "Store", "StoreError"]

T = TypeVar("T")
R = TypeVar("R")

IN_MEMORY: Final = ":memory:"
"""The file of a store that ends with the station."""

_COMMITS_PER_RESERVE: Final = 1000
"""After so many commits the store looks whether it still has its reserve of space."""

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
        self._table = self._open(was_store=was_store)
        self._renew_reserve(log_begins=True)

    def records(self, name: str, kind: type[T]) -> "Records[T]":
        """The collection `name` with values of type `kind` (any type that msgspec encodes as JSON)."""
        return Records(self, name, kind, self._sealer if name in SECRET_COLLECTIONS else None)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of the block together, or none. Do not await inside."""
        if self._depth == 0:
            self.read(lambda table: table.begin())
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._table.roll_back()
            raise
        self._depth -= 1
        if self._depth == 0:
            self.read(lambda table: table.commit())
            self._committed()

    def read(self, operation: Callable[[RecordTable], R]) -> R:
        """What an operation on the table returns: for `Records`."""
        if self.failure is not None:
            raise self.on_failure(self.failure)
        try:
            return operation(self._table)
        except sqlite3.Error as error:
            self.failure = self._error(reason_of(error))
        self._table.roll_back()
        raise self.on_failure(self.failure)

    def write(self, operation: Callable[[RecordTable], R]) -> R:
        """The same for an operation that changes records."""
        result = self.read(operation)
        if self._depth == 0:
            self._committed()
        return result

    def set_aside(self, collection: str, key: str, reason: str) -> None:
        """Move a record that cannot be used to the damaged ones, with a line for the user."""
        self._notice(f"{self._path} has a damaged record, which was set aside: {collection}/{key}: {reason}")
        with self.transaction():
            self.write(lambda table: table.set_aside(collection, key, reason))

    def has_space(self, size: int) -> bool:
        """Whether a value of so many bytes fits on the disk, without the reserve."""
        return self._table.has_space(size)

    def reopen(self) -> None:
        """Use the store again after a failure, repaired if it is damaged. Raises StoreError if it still fails."""
        if self._path == IN_MEMORY:
            self.failure = None
            return
        self._table.close()
        self._depth = 0
        try:
            self._table = self._open(was_store=True)
        except StoreError as error:
            self.failure = error
            raise
        self._has_reserve = self._table.keep_reserve(log_begins=True)
        if not self._has_reserve:
            self.failure = self._error("the disk is full")
            raise self.failure
        self.failure = None

    def close(self) -> None:
        self._table.close()

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

    def _open(self, *, was_store: bool) -> RecordTable:
        if self._path == IN_MEMORY:
            return MemoryTable()
        try:
            database = open_database(self._path, self._sealer, self._notice, was_store=was_store)
            return SqliteTable(database, Path(self._path))
        except (sqlite3.Error, OSError) as error:
            raise self._error(reason_of(error) if isinstance(error, sqlite3.Error) else str(error)) from None

    def _committed(self) -> None:
        self._commits += 1
        if self._commits % _COMMITS_PER_RESERVE == 0:
            self._renew_reserve(log_begins=False)

    def _renew_reserve(self, *, log_begins: bool) -> None:
        had, self._has_reserve = self._has_reserve, self._table.keep_reserve(log_begins=log_begins)
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

    __slots__ = ("_decoder", "_name", "_sealer", "_store")

    def __init__(self, store: Store, name: str, kind: type[T], sealer: Sealer | None) -> None:
        self._store = store
        self._name = name
        self._sealer = sealer
        self._decoder = _decoder(kind)

    def get(self, key: str) -> T | None:
        stored = self._store.read(lambda table: table.get(self._name, key))
        return None if stored is None else next((value for _, value in self._decoded([(key, stored)])), None)

    def put(self, key: str, value: T) -> None:
        stored = _ENCODER.encode(value)
        if self._sealer is not None:
            stored = self._sealer.seal(stored, place_of(self._name, key))
        self._store.write(lambda table: table.put(self._name, key, stored))

    def delete(self, key: str) -> bool:
        """Delete a key. Returns whether it existed."""
        return self._store.write(lambda table: table.delete(self._name, key))

    def clear(self) -> None:
        self._store.write(lambda table: table.clear(self._name))

    def items(self) -> list[tuple[str, T]]:
        return list(self._decoded(self._store.read(lambda table: table.items(self._name))))

    def values(self) -> list[T]:
        return [value for _, value in self.items()]

    def set_aside(self, key: str, reason: str) -> None:
        """Keep a record that cannot be used apart from the others."""
        self._store.set_aside(self._name, key, reason)

    def __len__(self) -> int:
        return self._store.read(lambda table: table.count(self._name))

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def _decoded(self, found: list[tuple[str, StoredValue]]) -> Iterator[tuple[str, T]]:
        for key, stored in found:
            try:
                yield key, self._decode(key, stored)
            except _Damaged as damage:
                self.set_aside(key, str(damage))

    def _decode(self, key: str, stored: StoredValue) -> T:
        if stored.damage:
            raise _Damaged(stored.damage)
        try:
            sealer = self._sealer
            plain = stored.value if sealer is None else sealer.open(stored.value, place_of(self._name, key))
            return self._decoder.decode(plain)
        except WrongKey:
            raise _Damaged("it cannot be unsealed") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _Damaged(f"not of this version of Plugfest: {error}") from None


_ENCODER: Final = msgspec.json.Encoder()


_DECODERS: Final[dict[type[Any], msgspec.json.Decoder[Any]]] = {}
"""By type, one for all stations: a decoder has no state."""


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    return _DECODERS[kind]


class _Damaged(Exception):
    """A stored value that cannot be used."""
