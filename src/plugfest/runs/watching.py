"""Reads the file of a sitting while another process appends to it."""

from pathlib import Path
from typing import Final, NamedTuple

_CHUNK: Final = 400_000
"""Bytes: they are read in some milliseconds."""

LONGEST: Final = 32_000_000
"""Bytes of a line beyond the chunk in which it begins. No entry is so long."""


class Line(NamedTuple):
    """A line of a file without its end. `begin`: where it begins, in bytes."""

    begin: int
    text: bytes


class LineReader:
    """Reads what was appended to a file since the last call. The file need not exist yet; only a file is read."""

    def __init__(self, path: Path, *, chunk: int = _CHUNK, longest: int = LONGEST) -> None:
        self._path = path
        self._chunk = chunk
        self._longest = longest
        self._offset = 0

    def new_lines(self) -> list[Line]:
        """The next complete lines, about a chunk of bytes at most. Raises OSError.

        In place of a line that is too long there are empty ones, and one with its end.
        """
        if not self._path.is_file():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read(self._chunk)
            if b"\n" not in data and len(data) == self._chunk:  # one very long line
                data += file.readline(self._longest)
                if not data.endswith(b"\n") and len(data) == self._chunk + self._longest:
                    skipped = Line(self._offset, b"")
                    self._offset += len(data)
                    return [skipped]
        lines: list[Line] = []
        for text in data.split(b"\n")[:-1]:
            lines.append(Line(self._offset, text))
            self._offset += len(text) + 1
        return lines
