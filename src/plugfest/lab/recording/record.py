"""Every frame of a campaign, in the order in which the lab sent and received them."""

import enum
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec


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


class Record:
    """The list of frames. Each listener is called with every frame that is added."""

    def __init__(self, now: Callable[[], float], utc_now: Callable[[], datetime]) -> None:
        self._now = now
        self._utc_now = utc_now
        self.frames: list[Frame] = []
        self.listeners: list[Callable[[Frame], None]] = []

    def add(self, direction: Direction, text: str) -> Frame:
        frame = Frame(len(self.frames), self._now(), self._utc_now(), direction, text)
        self.frames.append(frame)
        for listener in self.listeners:
            listener(frame)
        return frame

    def __len__(self) -> int:
        return len(self.frames)

    def since(self, index: int) -> Iterator[Frame]:
        """The frames from an index on."""
        yield from self.frames[index:]
