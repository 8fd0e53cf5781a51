"""The frames in the file of a sitting. They are not kept in memory, only where they are."""

import contextlib
import io
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, overload

from plugfest.lab import events
from plugfest.lab.recording.record import Frame
from plugfest.runs.entries import NotAnEntry, from_line

FRAME_PREFIX: Final = b'{"type":"FrameRecorded",'
"""How the line of a frame begins: most lines are frames, and are not decoded."""


class FrameFile(Sequence[Frame]):
    """Frames that are read when they are used: this raises OSError, and NotAnEntry for a damaged line.

    `opened` opens the file. `begins`: where their lines begin, in bytes.
    """

    def __init__(self, opened: Callable[[], BinaryIO], begins: "array[int] | None" = None) -> None:
        self._opened = opened
        self._begins = array("Q") if begins is None else begins

    @classmethod
    def at(cls, path: Path) -> "FrameFile":
        """Those in the file with this path."""
        return cls(lambda: path.open("rb"))

    def note(self, begin: int) -> None:
        """Add a frame."""
        self._begins.append(begin)

    def __len__(self) -> int:
        return len(self._begins)

    @overload
    def __getitem__(self, index: int) -> Frame: ...

    @overload
    def __getitem__(self, index: slice) -> "FrameFile": ...

    def __getitem__(self, index: "int | slice") -> "Frame | FrameFile":
        if isinstance(index, slice):
            return FrameFile(self._opened, self._begins[index])
        (frame,) = FrameFile(self._opened, array("Q", [self._begins[index]]))
        return frame

    def __iter__(self) -> Iterator[Frame]:
        return map(_frame_in, self._lines())

    def readable(self) -> Iterator[Frame]:
        """The frames without damaged ones. Raises OSError."""
        for line in self._lines():
            with contextlib.suppress(NotAnEntry):
                yield _frame_in(line)

    def _lines(self) -> Iterator[bytes]:
        with self._opened() as file:
            for begin in self._begins:
                file.seek(begin)
                yield file.readline()


def opened_by_descriptor(descriptor: int) -> BinaryIO:
    """An open file, to be read with an offset of its own. A duplicate of a descriptor shares the offset."""
    return io.BufferedReader(_FileOfDescriptor(os.dup(descriptor)))


class _FileOfDescriptor(io.RawIOBase):
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._offset = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._offset, os.SEEK_END: os.fstat(self._descriptor).st_size}[whence]
        self._offset = begin + offset
        return self._offset

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        count = os.preadv(self._descriptor, [buffer], self._offset)
        self._offset += count
        return count

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


def _frame_in(line: bytes) -> Frame:
    entry = from_line(line)
    if not isinstance(entry, events.FrameRecorded):
        raise NotAnEntry("it is not a frame")
    return entry.frame
