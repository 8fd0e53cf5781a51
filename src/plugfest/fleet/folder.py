"""The folder of a fleet: what is known of it while it runs and afterwards.

FLEET/result.json     the result as far as it is, written anew each second
FLEET/seconds.csv     a line for each second
"""

import contextlib
import csv
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from plugfest.fleet.results import FORMAT_VERSION, FleetResult, Second
from plugfest.runs.locking import is_locked
from plugfest.runs.watching import LineReader
from plugfest.security.private_files import make_private_folder, open_private

RESULT_FILE: Final = "result.json"
SECONDS_FILE: Final = "seconds.csv"
_COLUMNS: Final = Second.__struct_fields__


class FolderError(Exception):
    """A folder that cannot be written or read; the text is one line."""


class FleetFolder:
    """Writes the folder of a fleet. As long as it is open, the fleet is in progress for those who read the folder."""

    def __init__(self, path: Path) -> None:
        """Raises FolderError if the folder has a fleet already, or cannot be created."""
        self.path = path
        with _as_folder_error(path):
            make_private_folder(path)
            if (path / RESULT_FILE).exists() or (path / SECONDS_FILE).exists():
                raise FolderError(f"{path} has the result of a fleet already: name a new folder")
            self._seconds = os.fdopen(open_private(path / SECONDS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w")
        fcntl.flock(self._seconds, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._writer = csv.writer(self._seconds, lineterminator="\n")
        self._writer.writerow(_COLUMNS)

    def write(self, result: FleetResult) -> None:
        """Keep the result as far as it is. Raises FolderError."""
        with _as_folder_error(self.path):
            if result.phase != "preparing":
                self._writer.writerow(msgspec.structs.astuple(result.now))
                self._seconds.flush()
            draft = self.path / f".{RESULT_FILE}"
            with os.fdopen(open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
                file.write(as_json(result))
            draft.replace(self.path / RESULT_FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._seconds.close()


class StoredFleet:
    """Reads the folder of a fleet, also while it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = LineReader(path / SECONDS_FILE)
        self._read: list[Second] = []

    def result(self) -> FleetResult:
        """The result as far as it is. Raises FolderError."""
        file = self.path / RESULT_FILE
        with _as_folder_error(file):
            data = file.read_bytes()
        try:
            result = msgspec.json.decode(data, type=FleetResult)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise FolderError(f"{file} cannot be read: {error}") from None
        if result.format_version != FORMAT_VERSION:
            raise FolderError(f"{file} has format {result.format_version}: this Plugfest reads {FORMAT_VERSION}")
        return result

    def seconds(self) -> list[Second]:
        """Every second until now. Raises FolderError."""
        with _as_folder_error(self.path):
            while lines := self._lines.new_lines():
                self._read += [one for line in lines if (one := _second(line.text)) is not None]
        return self._read

    @property
    def is_in_use(self) -> bool:
        """Whether a process writes it now."""
        return is_locked(self.path / SECONDS_FILE)


def as_json(result: FleetResult) -> bytes:
    """The result as it is written to a file."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"


def _second(line: bytes) -> Second | None:
    """A line of `seconds.csv`; None for the names of the columns, and for what is no such line."""
    values = line.decode(errors="replace").split(",")
    if len(values) != len(_COLUMNS):
        return None
    given = {name: value or None for name, value in zip(_COLUMNS, values, strict=True)}
    try:
        return msgspec.convert(given, Second, strict=False)
    except msgspec.ValidationError:
        return None


@contextlib.contextmanager
def _as_folder_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FolderError(f"{path}: {error.strerror or error}") from None
