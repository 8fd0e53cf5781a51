"""The SQLite file of a store: how it is opened, checked, repaired and kept from running out of space."""

import contextlib
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from plugfest.clock import SystemClock
from plugfest.security.private_files import open_private, tighten
from plugfest.station.storage.errors import StoreError, is_damage, reason_of
from plugfest.station.storage.salvage import StoredRecord, salvage, summary
from plugfest.station.storage.sealing import SECRET_COLLECTIONS, SECRET_VARIABLES, Sealer, WrongKey, sync_folder

Notice = Callable[[str], None]
"""Takes a line for the user about the store."""

SCHEMA_VERSION: Final = 2
"""1: without checksums and sealed values (its `user_version` is 0)."""

VERSION_UNIT: Final = 1_000_003
"""`user_version` is a multiple of it, so that a damaged number is not taken for that of another version."""

RESERVE_BYTES: Final = 1024 * 1024
"""Space that the file has for itself, so that the station can go on for a while on a full disk."""

_MARGIN_PAGES: Final = 8
_PAGE_OVERHEAD: Final = 32
"""Bytes of a page that hold no content."""

_TABLES: Final = (
    # Without AUTOINCREMENT, which stores of before 2027 have: it would be a third page to write for each new record.
    """
    CREATE TABLE IF NOT EXISTS record (
        position INTEGER PRIMARY KEY,
        collection TEXT NOT NULL,
        key TEXT NOT NULL,
        value BLOB NOT NULL,
        checksum INTEGER,
        UNIQUE (collection, key)
    )
    """,
    # Records that are damaged, kept for an examination.
    """
    CREATE TABLE IF NOT EXISTS damaged_record (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        collection TEXT,
        key TEXT,
        value BLOB,
        reason TEXT NOT NULL
    )
    """,
    "CREATE TABLE IF NOT EXISTS reserve (filler BLOB)",
)

_SETUP: Final = (
    # The file is locked while the station runs: two stations with one store would overwrite each other's messages.
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 150",  # pages: the log stays smaller than the reserve
)

_HEADER: Final = b"SQLite format 3\0"
_PASSWORD: Final = "SecurityCtrlr.BasicAuthPassword"
_KEY_CHECK: Final = ("store_key", "check")


def checksum_of(collection: str, key: str, value: bytes) -> int:
    """Detects a record that has changed on the disk, which SQLite does not."""
    return zlib.crc32(value, zlib.crc32(f"{collection}\0{key}\0".encode(errors="surrogatepass")))


def place_of(collection: str, key: str) -> bytes:
    """What a sealed value is bound to."""
    return f"{collection}\0{key}".encode(errors="surrogatepass")


def open_database(path: str, sealer: Sealer | None, notice: Notice, *, was_store: bool) -> sqlite3.Connection:
    """Open, and create or repair, the file of a store. `path`: also `:memory:`, without a `sealer`.

    `was_store`: it is known that the file was a store, and is not another one that was named by mistake.

    Raises StoreError, and sqlite3.Error if the file cannot be read or written.
    """
    if sealer is None:
        return _connect(path)
    file = Path(path)
    _finish_repair(file)
    _prepare(file, notice, was_store=was_store)
    database = _open_or_repair(file, notice, was_store=was_store)
    try:
        _migrate(file, database, sealer)
        _set_damaged_records_aside(file, database, notice)
        _check_key(file, database, sealer)
    except BaseException:
        database.close()
        raise
    return database


def keep_reserve(file: Path, database: sqlite3.Connection, *, log_begins: bool) -> bool:
    """Give the file free pages, and its log the same size. False: the disk has no room for that.

    Both are overwritten in place later, which needs no space on the disk. `log_begins`: the log is short, as SQLite
    deletes it when the file is closed.
    """
    try:
        ((count,), (page,)) = (
            database.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size")
        )
        free = count * page
        grows = free < RESERVE_BYTES // 2
        if not grows and not log_begins:
            return True
        if grows and shutil.disk_usage(file.resolve().parent).free < 3 * RESERVE_BYTES:
            return False  # pages that are in the log, but have no room in the file, would block the log
        database.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        database.execute("BEGIN IMMEDIATE")
        filler = RESERVE_BYTES if grows else (count - _MARGIN_PAGES) * (page - _PAGE_OVERHEAD)
        database.execute("INSERT INTO reserve VALUES (randomblob(?))", (filler,))
        database.execute("DELETE FROM reserve")
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint").fetchall()
    except (sqlite3.Error, OSError):
        roll_back(database)
        return False
    return True


def roll_back(database: sqlite3.Connection) -> None:
    """End a transaction that has failed, if SQLite has not done so already."""
    if database.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            database.execute("ROLLBACK")


def _connect(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=0)
    database.text_factory = _text
    try:
        for statement in (*_SETUP, *_TABLES):
            database.execute(statement)
        database.execute("BEGIN IMMEDIATE")
        database.execute("SELECT position, collection, key, value FROM record LIMIT 1").fetchall()
        database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database


def _text(stored: bytes) -> str:
    """Also of a text that is damaged."""
    return stored.decode(errors="surrogateescape")


def _prepare(file: Path, notice: Notice, *, was_store: bool) -> None:
    """Create the file, or tighten it and the files of SQLite beside it. Raises StoreError."""
    try:
        size = file.stat().st_size if file.exists() else 0
        had_key = was_store and key_file_of(file).exists()  # a key at another place may be for several stores
        if not size and (had_key or _log_of(file).exists()):
            what = "empty" if file.exists() else "missing"
            notice(f"{file} is {what}: its content is lost; the station begins as a new one")
        os.close(open_private(file, os.O_RDONLY | os.O_CREAT))
        for other in (_log_of(file), file.with_name(f"{file.name}-shm")):
            if other.exists():
                tighten(other)
    except OSError as error:
        raise StoreError(str(file), error.strerror or str(error)) from None


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


# Damage of the file


def _open_or_repair(file: Path, notice: Notice, *, was_store: bool) -> sqlite3.Connection:
    problem = ""
    try:
        database = _connect(str(file))
        (problem,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if problem == "ok":
            return database
        database.close()
    except UnicodeDecodeError as error:
        problem = str(error)
    except sqlite3.Error as error:
        if not is_damage(error, was_store=was_store) or not (was_store or _has_header(file)):
            raise
        problem = reason_of(error)
    _repair(file, " ".join(str(problem).split()), notice)
    return _connect(str(file))


def _has_header(file: Path) -> bool:
    """Whether the file begins as those of SQLite do."""
    with file.open("rb") as content:
        return content.read(len(_HEADER)) == _HEADER


def key_file_of(file: Path) -> Path:
    """The file for the key of a store, if no other is named."""
    return file.with_name(f"{file.name}.key")


def _repair(file: Path, reason: str, notice: Notice) -> None:
    """Replace the file by one with its readable records, and keep it under another name. Raises StoreError.

    A power loss at any moment leaves the damaged file, or both: `_finish_repair` does the rest.
    """
    try:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as damaged:
            damaged.execute("PRAGMA locking_mode = EXCLUSIVE")
            damaged.execute("PRAGMA writable_schema = ON")  # else SQLite reads nothing of a file that is too short
            found = salvage(damaged)
            aside = _copy_aside(file)
            _write_repaired(file, found.records)
        _finish_repair(file)
    except OSError as error:
        raise StoreError(str(file), f"it is damaged, and no copy can be made: {error.strerror or error}") from None
    lost = f", lost: {summary(found.lost)}" if found.lost else "" if found.is_complete else ", others are lost"
    notice(f"{file} was damaged ({reason}): {len(found.records)} records kept{lost}; the damaged file is {aside}")


def _copy_aside(file: Path) -> Path:
    stem = f"{file.name}.damaged-{SystemClock().now():%Y%m%dT%H%M%S}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    aside = next(path for name in names if not (path := file.with_name(name)).exists())
    for source, target in ((file, aside), (_log_of(file), _log_of(aside))):
        if source.exists():
            os.close(open_private(target, os.O_WRONLY | os.O_CREAT))
            shutil.copyfile(source, target)
    return aside


def _write_repaired(file: Path, records: list[StoredRecord]) -> None:
    draft = file.with_name(f"{file.name}.draft")
    for path in (draft, _log_of(draft)):
        path.unlink(missing_ok=True)
    os.close(open_private(draft, os.O_RDONLY | os.O_CREAT))
    with contextlib.closing(_connect(str(draft))) as database:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?)", records)
        if all(record.checksum is not None for record in records):
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION * VERSION_UNIT}")
        database.execute("COMMIT")
    draft.replace(_repaired(file))
    sync_folder(file.parent)


def _repaired(file: Path) -> Path:
    """Exists only when it is complete."""
    return file.with_name(f"{file.name}.repaired")


def _finish_repair(file: Path) -> None:
    repaired = _repaired(file)
    if repaired.exists():
        _log_of(file).unlink(missing_ok=True)  # it would be applied to the new file
        repaired.replace(file)
        sync_folder(file.parent)


# Damage of records, and older stores


def _set_damaged_records_aside(file: Path, database: sqlite3.Connection, notice: Notice) -> None:
    rows = map(StoredRecord._make, database.execute("SELECT position, collection, key, value, checksum FROM record"))
    damaged = [row for row in rows if not _is_intact(row)]
    if not damaged:
        return
    database.execute("BEGIN IMMEDIATE")
    for row in damaged:
        set_aside(database, row.position, "wrong checksum")
    database.execute("COMMIT")
    notice(f"{file} has damaged records, which were set aside: {summary(row.collection for row in damaged)}")


def _is_intact(row: StoredRecord) -> bool:
    return isinstance(row.value, bytes) and row.checksum == checksum_of(row.collection, row.key, row.value)


def set_aside(database: sqlite3.Connection, position: int, reason: str) -> None:
    """Move a record to those that are damaged."""
    database.execute(
        "INSERT INTO damaged_record (collection, key, value, reason)"
        " SELECT collection, key, value, ? FROM record WHERE position = ?",
        (reason, position),
    )
    database.execute("DELETE FROM record WHERE position = ?", (position,))


def _migrate(file: Path, database: sqlite3.Connection, sealer: Sealer) -> None:
    """Bring a store of an earlier version to this one; its secrets are no longer in the file then."""
    (number,) = database.execute("PRAGMA user_version").fetchone()
    version, damaged = divmod(number, VERSION_UNIT)
    if version > SCHEMA_VERSION and not damaged:
        raise StoreError(str(file), f"it is of a newer version of Plugfest (format {version})")
    if version == SCHEMA_VERSION and not damaged:
        return
    database.execute("BEGIN IMMEDIATE")
    if "checksum" not in [row[1] for row in database.execute("PRAGMA table_info(record)")]:
        database.execute("ALTER TABLE record ADD COLUMN checksum INTEGER")
    database.execute(
        "UPDATE record SET collection = ? WHERE collection = 'variables' AND key LIKE ?",
        (SECRET_VARIABLES, f"{_PASSWORD}%"),
    )
    for position, collection, key, value in database.execute(
        "SELECT position, collection, key, value FROM record WHERE checksum IS NULL AND typeof(value) = 'blob'"
    ).fetchall():
        kept = sealer.seal(value, place_of(collection, key)) if collection in SECRET_COLLECTIONS else value
        database.execute(
            "UPDATE record SET value = ?, checksum = ? WHERE position = ?",
            (kept, checksum_of(collection, key, kept), position),
        )
    database.execute("COMMIT")
    database.execute("VACUUM")  # the secrets are still in pages that are free now
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION * VERSION_UNIT}")


def _check_key(file: Path, database: sqlite3.Connection, sealer: Sealer) -> None:
    """Raises StoreError if the secrets were sealed with another key."""
    row = database.execute("SELECT value FROM record WHERE collection = ? AND key = ?", _KEY_CHECK).fetchone()
    if row is None:
        sealed = sealer.seal(b"1", place_of(*_KEY_CHECK))
        database.execute(
            "INSERT INTO record (collection, key, value, checksum) VALUES (?, ?, ?, ?)",
            (*_KEY_CHECK, sealed, checksum_of(*_KEY_CHECK, sealed)),
        )
        return
    with contextlib.suppress(WrongKey):
        sealer.open(row[0], place_of(*_KEY_CHECK))
        return
    raise StoreError(str(file), "its secrets are sealed with another key: give the file of the key that it began with")
