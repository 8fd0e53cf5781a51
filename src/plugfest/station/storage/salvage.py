"""Rescues the readable records of a damaged database."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

MAX_QUERIES: Final = 200_000
"""How many queries a rescue may take: some seconds."""

LAST_POSITION: Final = 2**40
"""No store has had so many records."""


class StoredRecord(NamedTuple):
    """A row of the table `record`. `checksum`: None in stores of earlier versions."""

    position: int
    collection: str
    key: str
    value: bytes
    checksum: int | None


class Salvage(NamedTuple):
    """What could be read, and the names of the records that could not, as far as they are known."""

    records: list[StoredRecord]
    lost: list[str]
    is_complete: bool
    """Whether `lost` has every record that is lost."""


def salvage(database: sqlite3.Connection) -> Salvage:
    """Read every record that can be read: all at once, or else one by one."""
    try:
        columns = _columns(database)
        return Salvage(_read(database, columns, ""), [], is_complete=True)
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    try:
        return _by_index(database, _columns(database))
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    try:
        return Salvage(_by_halves(database, _columns(database)), [], is_complete=False)
    except (sqlite3.Error, UnicodeDecodeError):
        return Salvage([], [], is_complete=False)


def summary(names: Iterable[str]) -> str:
    """How many records of each collection, such as `event_log (3), visits`."""
    counts = Counter(names)
    return ", ".join(f"{name} ({count})" if count > 1 else name for name, count in sorted(counts.items()))


def _columns(database: sqlite3.Connection) -> str:
    names = [row[1] for row in database.execute("PRAGMA table_info(record)")]
    return "position, collection, key, value, " + ("checksum" if "checksum" in names else "NULL")


def _read(database: sqlite3.Connection, columns: str, where: str, *arguments: int) -> list[StoredRecord]:
    rows = database.execute(f"SELECT {columns} FROM record {where} ORDER BY position", arguments)
    return [StoredRecord(*row) for row in rows]


def _by_index(database: sqlite3.Connection, columns: str) -> Salvage:
    """The index names every record, so that the lost ones are known."""
    index = "SELECT position, collection FROM record INDEXED BY sqlite_autoindex_record_1"
    found, lost = [], []
    for position, collection in sorted(database.execute(index)):
        try:
            records = _read(database, columns, "WHERE position = ?", position)
        except (sqlite3.Error, UnicodeDecodeError):
            records = []
        found += records
        lost += [] if records else [str(collection)]
    return Salvage(found, lost, is_complete=True)


def _by_halves(database: sqlite3.Connection, columns: str) -> list[StoredRecord]:
    """Without the index: every range of positions that can be read, halved where it cannot."""
    return list(_halves(database, columns))


def _halves(database: sqlite3.Connection, columns: str) -> Iterator[StoredRecord]:
    ranges = [(1, LAST_POSITION)]
    for _ in range(MAX_QUERIES):
        if not ranges:
            return
        low, high = ranges.pop()
        try:
            yield from _read(database, columns, "WHERE position BETWEEN ? AND ?", low, high)
        except (sqlite3.Error, UnicodeDecodeError):
            if low < high:
                middle = (low + high) // 2
                ranges += [(middle + 1, high), (low, middle)]
