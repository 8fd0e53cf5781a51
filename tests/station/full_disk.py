"""A store on a disk that can be full: SQLite refuses to make the file larger."""

from pathlib import Path

from plugfest.station.storage.sqlite_table import SqliteTable
from plugfest.station.storage.store import Store
from plugfest.station.storage.table import RecordTable


class FullDiskStore(Store):
    """A store whose disk is full between `fill` and `empty`."""

    def __init__(self, path: Path) -> None:
        self._full = False
        self.notices: list[str] = []
        super().__init__(path, notice=self.notices.append)

    def fill(self) -> None:
        """No space is left, not even the reserve."""
        self._full = True
        self._database.execute("INSERT INTO reserve VALUES (randomblob(?))", (self._free_bytes(),))
        self._limit()

    def empty(self) -> None:
        """There is space again, for who opens the file again."""
        self._full = False

    def _open(self, *, was_store: bool) -> RecordTable:
        table = super()._open(was_store=was_store)
        assert isinstance(table, SqliteTable)
        self._database = table.database
        if self._full:
            self._limit()
        return table

    def _limit(self) -> None:
        (pages,) = self._database.execute("PRAGMA page_count").fetchone()
        self._database.execute(f"PRAGMA max_page_count = {pages}")

    def _free_bytes(self) -> int:
        (free,) = self._database.execute("PRAGMA freelist_count").fetchone()
        return max(0, int(free) - 8) * 4000
