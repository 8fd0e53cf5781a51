"""Waits at a station: for a state, a message, the next change."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec

from plugfest.changes import Signal
from plugfest.hardware.ports import HardwareEvent
from plugfest.link.peer import Direction
from plugfest.station.control.frames import MAX_FRAMES, Frames, RecordedFrame, Wanted
from plugfest.station.station import Station

T = TypeVar("T")

LOOK_INTERVAL: Final = 0.2
"""Seconds after which a state is looked at again without a change: power and energy change by themselves."""

LONGER_LOOK_INTERVAL: Final = 0.02
"""In a long wait: this share of the time that has been waited, so that hours do not take thousands of looks."""


class StationWatch(Signal):
    """The frames of a station, and a wake-up whenever something changes. `keep`: see Frames."""

    def __init__(self, keep: int = MAX_FRAMES) -> None:
        super().__init__()
        self.frames = Frames(keep)
        self._act = 0
        self._taken: frozenset[int] = frozenset()

    # What the station calls

    def frame(self, direction: Direction, text: str, _: float) -> None:
        """The station sent or received a frame."""
        self.frames.add(direction, text)
        self.notify()

    def station_started(self, station: Station) -> None:
        """A power cycle of the station begins."""
        lifecycle = station.context.lifecycle
        for hook in (lifecycle.connected, lifecycle.boot_accepted, lifecycle.disconnected):
            hook.add(self.notify)
        lifecycle.reconnected.add(lambda _: self.notify())
        lifecycle.firmware_status.add(lambda *_: self.notify())
        self.notify()

    def hardware_changed(self, _: HardwareEvent) -> None:
        """The hardware reports an event."""
        self.notify()

    def acted(self) -> None:
        """An operator action begins: `next_frame` finds what comes from now on."""
        self._act = self.frames.newest
        self._taken = frozenset()

    # What others call

    async def until(self, look: Callable[[], T | None], within: float) -> T | None:
        """What `look` finds, within so many seconds; None if that was nothing. It is called after every change."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while (found := look()) is None and (left := begin + within - loop.time()) > 0:
            waited = loop.time() - begin
            await self.wait(min(left, max(LOOK_INTERVAL, waited * LONGER_LOOK_INTERVAL)))
        return found

    async def next_frame(self, wanted: Wanted, within: float, after: int | None = None) -> RecordedFrame | None:
        """A frame that has come since the last operator action, each of them once; None: none came in time.

        `after`: the first that is newer than this one instead, however often.
        """
        if after is not None:
            return await self.until(lambda: self._first(wanted, self.frames.after(after)), within)
        found = await self.until(lambda: self._untaken(wanted), within)
        if found is not None:
            self._taken |= {found.number}
        return found

    def instead_of(self, wanted: Wanted, after: int | None = None) -> str:
        """What has come instead of a message that has not: one that does not count, or with other fields."""
        begin = self._act if after is None else after
        earlier = next((each for each in reversed(list(self.frames)) if wanted.fits(each)), None)
        if earlier is not None:
            counted = earlier.number > begin
            return "; one was returned already" if counted else "; one came before the last action at the station"
        similar = msgspec.structs.replace(wanted, contains={})
        other = next((each for each in reversed(self.frames.after(begin)) if similar.fits(each)), None)
        if other is None:
            return ""
        given = {name: other.payload[name] for name in wanted.contains if name in other.payload}
        missing = [name for name in wanted.contains if name not in other.payload]
        parts = ([msgspec.json.encode(given).decode()] if given else []) + [f"no {name}" for name in missing]
        return f"; the newest has {' and '.join(parts)}"

    def _untaken(self, wanted: Wanted) -> RecordedFrame | None:
        since = self.frames.after(self._act)
        return self._first(wanted, (each for each in since if each.number not in self._taken))

    @staticmethod
    def _first(wanted: Wanted, frames: Iterable[RecordedFrame]) -> RecordedFrame | None:
        return next((each for each in frames if wanted.fits(each)), None)
