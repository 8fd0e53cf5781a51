"""Why a store cannot be used."""

import sqlite3
from typing import Final

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FROM_OUTSIDE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
    }
)
"""What permissions, space, devices or other processes cause, not the content of the file."""

_WORDS: Final = {
    sqlite3.SQLITE_BUSY: "another station is using it",
    sqlite3.SQLITE_LOCKED: "another station is using it",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened or created",
}


class StoreError(Exception):
    """The file of the store, or its content, cannot be used; the text is one line for the user."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot use {path} as the station's store: {' '.join(reason.split())}")


def reason_of(error: sqlite3.Error) -> str:
    """An error of SQLite in words."""
    return _WORDS.get(_code(error), str(error))


def is_damage(error: sqlite3.Error, *, was_store: bool) -> bool:
    """Whether the content of the file causes the error. `was_store`: whether the file is known to have been a store."""
    return _code(error) in _DAMAGED or (was_store and _code(error) not in _FROM_OUTSIDE)


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 if the error is not from SQLite itself."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
