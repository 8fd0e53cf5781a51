"""Reads the file of a sitting while another process appends to it."""

from pathlib import Path
from typing import Final, NamedTuple

_CHUNK: Final = 400_000
"""Bytes: they are read in some milliseconds."""


class Line(NamedTuple):
    """A line of a file without its end. `begin`: where it begins, in bytes."""

    begin: int
    text: bytes


class LineReader:
    """Reads what was appended to a file since the last call. The file need not exist yet."""

    def __init__(self, path: Path, *, chunk: int = _CHUNK) -> None:
        self._path = path
        self._chunk = chunk
        self._offset = 0

    def new_lines(self) -> list[Line]:
        """The next complete lines, about a chunk of bytes at most. Raises OSError."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(self._chunk)
                if b"\n" not in data and len(data) == self._chunk:  # one very long line
                    data += file.readline()
        except FileNotFoundError:
            return []
        lines: list[Line] = []
        for text in data.split(b"\n")[:-1]:
            lines.append(Line(self._offset, text))
            self._offset += len(text) + 1
        return lines
