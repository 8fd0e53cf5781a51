"""The requests of the station, each until the running case consumes it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from plugfest.lab.recording.record import Frame
from plugfest.ocpp.message import Request

M = TypeVar("M", bound=Request, covariant=True)  # type: ignore[type-arg]


class ReceivedRequest(Generic[M]):
    """One request of the station with the frame that carried it."""

    def __init__(self, message: M, frame: Frame, number: int) -> None:
        self.message = message
        self.frame = frame
        self.number = number  # position in the inbox, in order of arrival
        self.consumed = False

    @property
    def at(self) -> float:
        """When it arrived, in seconds of loop time."""
        return self.frame.at


AnyReceived = ReceivedRequest[Request]  # type: ignore[type-arg]


class Inbox:
    """Requests of the station in order of arrival. `mark` is the position at the last action of lab or operator."""

    def __init__(self) -> None:
        self._seen: list[AnyReceived] = []
        self._first = 0  # the position of the first one that is not forgotten
        self._arrived = asyncio.Event()
        self._cleared = 0  # every request before this position is consumed
        self.mark = 0

    def add(self, message: Request, frame: Frame) -> None:  # type: ignore[type-arg]
        self._seen.append(ReceivedRequest(message, frame, self._end))
        self.wake()

    def forget(self, before: int) -> None:
        """Forget the requests before a position."""
        kept = self._from(before)
        self._first, self._seen = self._end - len(kept), kept

    @property
    def _end(self) -> int:
        """The position of the next request."""
        return self._first + len(self._seen)

    def _from(self, position: int) -> list[AnyReceived]:
        return self._seen[max(position - self._first, 0) :]

    def wake(self) -> None:
        """Wake those that wait for a request."""
        self._arrived.set()

    def set_mark(self) -> None:
        """Requests that arrived before this moment are not the result of the next action."""
        self.mark = self._end

    @contextmanager
    def hold_mark(self) -> Iterator[None]:
        """Requests that arrive in this block are after the mark when it ends, also if the mark is set in the block."""
        begin = self._end
        yield
        self.mark = begin

    def clear(self, *, until: int | None = None) -> None:
        """Consume every request, or those before a position: the next phase starts with an empty inbox."""
        self.mark = self._end if until is None else until
        for seen in self._seen[max(self._cleared - self._first, 0) : max(self.mark - self._first, 0)]:
            seen.consumed = True
        self._cleared = max(self._cleared, self.mark)

    def unconsumed(self, *, since: int = 0) -> Iterator[AnyReceived]:
        """The requests from a position on that are not consumed."""
        return (seen for seen in self._from(max(since, self._cleared)) if not seen.consumed)

    def since_mark(self) -> Iterator[AnyReceived]:
        """Every request since the mark, consumed or not."""
        return iter(self._from(self.mark))

    def of_type(self, kind: type[M]) -> "list[ReceivedRequest[M]]":
        """Every request of one type in order of arrival, without forgotten ones."""
        return [seen for seen in self._seen if isinstance(seen.message, kind)]  # type: ignore[misc]

    def consumed_after(self, one: AnyReceived, *, ignoring: frozenset[str]) -> AnyReceived | None:
        """A request that arrived later than this one and is already consumed, of a type that is not in `ignoring`."""
        later = (seen for seen in self._from(one.number + 1) if seen.consumed)
        return next((seen for seen in later if type(seen.message).__name__ not in ignoring), None)

    async def wait_for_next(self) -> None:
        """Wait for the next request."""
        self._arrived.clear()
        await self._arrived.wait()

    async def wait_for(
        self,
        fits: Callable[[AnyReceived], bool],
        *,
        within: float,
        closes: Callable[[AnyReceived], bool] = lambda _: False,
        grace: float = 0.0,
    ) -> AnyReceived | None:
        """Consume the first request since the mark that fits; None if none comes within so many seconds.

        None also `grace` seconds after a request that `closes` the wait: after it none that fits can come, except one
        that is on its way.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + within
        mark = begin = self.mark
        while True:
            for seen in self.unconsumed(since=begin):
                if fits(seen):
                    seen.consumed = True
                    return seen
                if closes(seen):
                    deadline = min(deadline, now() + grace)
            begin = self._end  # each request is tested once
            try:
                async with asyncio.timeout_at(deadline):
                    await self.wait_for_next()
            except TimeoutError:
                return None
            if self.mark != mark:
                mark = begin = self.mark
