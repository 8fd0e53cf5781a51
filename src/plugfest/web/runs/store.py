"""The runs of the user: which there are, and how far they are. Damaged folders are named."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from plugfest.runs.folder import RUN_FILE, RunDescription, RunError, RunFolder
from plugfest.runs.progress import RunProgress

_PIECE: Final = 20
"""Descriptions that are read before the event loop can do other things."""

LOOKED_AT: Final = 25
"""The newest runs: older ones are not looked at for campaigns in progress."""


class ListedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A folder among the runs. `problem`: why it cannot be read; empty if it can. Then there is a description."""

    name: str
    started_at: datetime
    description: RunDescription | None = None
    problem: str = ""


class Runs:
    """The folder of the runs. What was read is kept, and only what is new is read again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._descriptions: dict[str, tuple[int, ListedRun]] = {}
        self._progress: dict[str, tuple[int, RunProgress]] = {}

    async def all(self) -> list[ListedRun]:
        """Every run, the newest first."""
        found: list[ListedRun] = []
        for number, name in enumerate(self._names()):
            found.append(self._listed(name))
            if number % _PIECE == _PIECE - 1:
                await asyncio.sleep(0)
        return sorted(found, key=lambda run: (run.started_at, run.name), reverse=True)

    async def in_progress(self) -> list[ListedRun]:
        """The runs that a process continues now, of those that began last."""
        newest = [run for run in await self.all() if not run.problem][:LOOKED_AT]
        return [run for run in newest if RunFolder(self.folder / run.name).is_in_use]

    def unread(self, name: str) -> int:
        """The bytes of a run that was not read yet; 0 if it was."""
        if name in self._progress:
            return 0
        try:
            return sum(file.stat().st_size for file in (self.folder / name).glob("*/sitting-*.jsonl"))
        except OSError:
            return 0

    def has(self, name: str) -> bool:
        """Whether there is a folder of this name."""
        return name in self._names()

    async def progress(self, name: str) -> RunProgress | None:
        """How far a run is; None if there is none of this name. Raises RunError."""
        if not self.has(name):
            return None
        folder = RunFolder(self.folder / name)
        file = _inode(folder.path)
        known, progress = self._progress.get(name, (None, None))
        if progress is None or known != file:
            progress = RunProgress(folder, folder.description())
            self._progress[name] = (file, progress)
        try:
            await progress.update()
        except OSError as error:
            raise RunError(f"{folder.path}: {error.strerror or error}") from None
        return progress

    def _names(self) -> list[str]:
        try:
            return [one.name for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
        except OSError:
            return []

    def _listed(self, name: str) -> ListedRun:
        path = self.folder / name
        file = _inode(path)
        known = self._descriptions.get(name)
        if known is None or known[0] != file:
            known = self._descriptions[name] = (file, _read(path))
        return known[1]


def _read(path: Path) -> ListedRun:
    try:
        description = RunFolder(path).description()
    except RunError as error:
        return ListedRun(name=path.name, started_at=_changed_at(path), problem=str(error))
    return ListedRun(name=path.name, started_at=description.started_at, description=description)


def _inode(path: Path) -> int:
    """A number that differs for another run of the same name; 0 if there is no readable run."""
    try:
        return (path / RUN_FILE).stat().st_ino
    except OSError:
        return 0


def _changed_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)
