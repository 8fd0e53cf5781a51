"""Watches the file of a sitting while another process appends to it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from plugfest.runs.entries import Entry, NotAnEntry, SittingEnded, from_line

PERIOD: Final = 0.2
"""Seconds between two looks at the file."""

_CHUNK: Final = 1_000_000


class SittingReader:
    """Reads what was appended to the file of a sitting since the last call. The file need not exist yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def new_entries(self) -> list[Entry]:
        """The next complete entries, some thousands at most; damaged lines are left out. Raises OSError."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(_CHUNK)
                if b"\n" not in data and len(data) == _CHUNK:  # one very long line
                    data += file.readline()
        except FileNotFoundError:
            return []
        complete = data[: data.rfind(b"\n") + 1]
        self._offset += len(complete)
        return [entry for line in complete.splitlines() if (entry := _entry(line)) is not None]


def _entry(line: bytes) -> Entry | None:
    try:
        return from_line(line)
    except NotAnEntry:
        return None


async def watch(path: Path, *, period: float = PERIOD) -> AsyncIterator[list[Entry]]:
    """The entries of a sitting as they come, until its last one. An empty list: nothing new in this period."""
    reader = SittingReader(path)
    while True:
        entries = reader.new_entries()
        yield entries
        if entries and isinstance(entries[-1], SittingEnded):
            return
        if not entries:
            await asyncio.sleep(period)
