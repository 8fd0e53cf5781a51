"""A store in memory whose disk can be full, and which can lose power at any write."""

import logging
import sqlite3
from collections.abc import Callable
from typing import cast

from plugfest.station.storage.database import open_database
from plugfest.station.storage.sqlite_table import SqliteTable
from plugfest.station.storage.store import IN_MEMORY, Store
from plugfest.station.storage.table import RecordTable

_log = logging.getLogger(__name__)

PAGE = 4096
"""Bytes."""


class PowerLost(BaseException):
    """Power is lost while the software runs. Not an Exception, so that no handler catches it."""


class SimulatedDisk(Store):
    """A store that outlives the power cycles of a station."""

    def _open(self, *, was_store: bool) -> RecordTable:
        """SQLite in memory: it knows what a full disk is."""
        self._real = open_database(IN_MEMORY, None, _log.warning, was_store=was_store)
        self._cut = _CuttableConnection(self._real)
        return SqliteTable(cast(sqlite3.Connection, self._cut), None)

    def count(self, query: str) -> int:
        """The number that a query gives, also while power is lost."""
        return int(self._real.execute(query).fetchone()[0])

    def fill(self) -> None:
        """The disk is full: SQLite itself refuses to make the file larger."""
        pages = self._real.execute("PRAGMA page_count").fetchone()[0]
        self._real.execute(f"PRAGMA max_page_count = {pages}")

    def free(self) -> None:
        self._real.execute("PRAGMA max_page_count = 1073741823")

    def lose_power_at(self, write: int, on_loss: Callable[[], None], *, written: bool) -> None:
        """Lose power before or after this write, counted from now."""
        self._cut.schedule(write, on_loss, written=written)

    def restore(self) -> None:
        """Power is back: what was not committed is gone."""
        self._cut.restore()
        self._depth = 0


class _CuttableConnection:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._left = 0
        self._written = False
        self._on_loss: Callable[[], None] = lambda: None
        self._lost = False

    def schedule(self, write: int, on_loss: Callable[[], None], *, written: bool) -> None:
        self._left, self._on_loss, self._written = write, on_loss, written

    def execute(self, statement: str, *arguments: tuple[object, ...]) -> sqlite3.Cursor:
        if self._lost:
            raise PowerLost
        if not self._left or not self._commits(statement):
            return self._database.execute(statement, *arguments)
        self._left -= 1
        if self._left:
            return self._database.execute(statement, *arguments)
        if self._written:
            self._database.execute(statement, *arguments)
        self._lost = True
        self._on_loss()
        raise PowerLost

    @property
    def in_transaction(self) -> bool:
        return self._database.in_transaction

    def close(self) -> None:
        self._database.close()

    def restore(self) -> None:
        self._left = 0
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
        self._lost = False

    def _commits(self, statement: str) -> bool:
        if statement.startswith("COMMIT"):
            return True
        return statement.startswith(("INSERT", "DELETE")) and not self._database.in_transaction
