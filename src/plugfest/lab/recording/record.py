"""Every frame of a campaign, in the order in which the lab sent and received them."""

import enum
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, overload

import msgspec

MAX_MEMORY: Final = 16_000_000
"""In bytes. Of more frames only the newest are kept in memory, if there is an archive."""


class Direction(enum.StrEnum):
    """Who sent a frame."""

    FROM_STATION = "station"
    FROM_LAB = "lab"


class Frame(msgspec.Struct, frozen=True):
    """One text frame. `at` is loop time in seconds, `time` the wall clock."""

    index: int
    at: float
    time: datetime
    direction: Direction
    text: str

    def loop_time(self, time: datetime) -> float:
        """The loop time of a timestamp of the station, if its clock is synchronized with that of the lab."""
        return self.at - (self.time - time).total_seconds()


class RecordedFrames(Sequence[Frame]):
    """The frames of a record: the newest in memory, the older ones where the archive has them."""

    def __init__(self, archive: Sequence[Frame] = (), *, max_memory: int = MAX_MEMORY) -> None:
        self._archive = archive
        self._max_memory = max_memory
        self._recent: list[Frame] = []
        self._first = 0  # the index of the first frame in memory
        self._size = 0

    def append(self, frame: Frame) -> None:
        self._recent.append(frame)
        self._size += _size_of(frame)

    @property
    def in_memory(self) -> int:
        """How many frames are in memory."""
        return len(self._recent)

    @property
    def are_too_large(self) -> bool:
        """Whether those in memory take too much of it."""
        return self._size > self._max_memory

    def release(self, keep: int) -> None:
        """Keep only so many frames in memory, and those that the archive does not have."""
        number = max(min(len(self._recent) - keep, len(self._archive) - self._first), 0)
        self._size -= sum(map(_size_of, self._recent[:number]))
        del self._recent[:number]
        self._first += number

    def __len__(self) -> int:
        return self._first + len(self._recent)

    @overload
    def __getitem__(self, index: int) -> Frame: ...

    @overload
    def __getitem__(self, index: slice) -> list[Frame]: ...

    def __getitem__(self, index: int | slice) -> Frame | list[Frame]:
        if isinstance(index, slice):
            numbers = range(len(self))[index]
            consecutive = numbers.step == 1
            return list(self._between(numbers.start, numbers.stop)) if consecutive else [self[one] for one in numbers]
        number = range(len(self))[index]
        return self._recent[number - self._first] if number >= self._first else self._archive[number]

    def __iter__(self) -> Iterator[Frame]:
        return self._between(0, len(self))

    def _between(self, begin: int, end: int) -> Iterator[Frame]:
        yield from self._archive[begin : min(end, self._first)]
        yield from self._recent[max(begin - self._first, 0) : max(end - self._first, 0)]


def _size_of(frame: Frame) -> int:
    return sys.getsizeof(frame) + sys.getsizeof(frame.time) + sys.getsizeof(frame.text)


class Record:
    """The frames of a campaign. Each listener is called with every frame that is added.

    `archive` has the frames that a listener has kept, by their indexes.
    """

    def __init__(
        self, now: Callable[[], float], utc_now: Callable[[], datetime], archive: Sequence[Frame] = ()
    ) -> None:
        self._now = now
        self._utc_now = utc_now
        self.frames = RecordedFrames(archive)
        self.listeners: list[Callable[[Frame], None]] = []

    def add(self, direction: Direction, text: str) -> Frame:
        frame = Frame(len(self.frames), self._now(), self._utc_now(), direction, text)
        self.frames.append(frame)
        for listener in self.listeners:
            listener(frame)
        if self.frames.are_too_large:
            self.frames.release(self.frames.in_memory // 2)
        return frame

    def __len__(self) -> int:
        return len(self.frames)

    def since(self, index: int) -> Iterator[Frame]:
        """The frames from an index on."""
        yield from self.frames[index:]
