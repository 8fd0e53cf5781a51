"""The fleets of the user: which there are, and what is known of them. Damaged folders are named."""

from pathlib import Path

import msgspec

from plugfest.fleet.folder import SECONDS_FILE, FolderError, StoredFleet
from plugfest.fleet.results import FleetResult, Second


class ListedFleet(msgspec.Struct, frozen=True, kw_only=True):
    """A folder among the fleets. `state`: preparing, running, ended or unfinished. `problem`: why it has no result."""

    name: str
    state: str = ""
    result: FleetResult | None = None
    problem: str = ""


class Fleets:
    """The folder of the fleets. Seconds that were read are kept, and only new ones are read again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stored: dict[str, tuple[int, StoredFleet]] = {}

    def names(self) -> list[str]:
        """The names of all, the newest first: they begin with the time."""
        try:
            found = [one.name for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
        except OSError:
            return []
        return sorted(found, reverse=True)

    def fleet(self, name: str) -> ListedFleet | None:
        """A fleet as it is now; None if there is none of this name."""
        if name not in self.names():
            return None
        stored = self._of(name)
        try:
            result = stored.result()
        except FolderError as error:
            return ListedFleet(name=name, problem=str(error))
        return ListedFleet(name=name, state=_state(stored, result), result=result)

    def seconds(self, name: str) -> list[Second]:
        """The seconds of a fleet that there is. Raises FolderError."""
        return self._of(name).seconds()

    def _of(self, name: str) -> StoredFleet:
        """The reader of a fleet; a new one if there is another fleet of this name."""
        path = self.folder / name
        file = _inode(path / SECONDS_FILE)
        known = self._stored.get(name)
        if known is None or known[0] != file:
            known = self._stored[name] = (file, StoredFleet(path))
        return known[1]


def _state(stored: StoredFleet, result: FleetResult) -> str:
    return result.phase if result.phase == "ended" or stored.is_in_use else "unfinished"


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
