"""One direction of a faulty connection: frames pass in their order, late or held until the next one."""

import asyncio
from collections import deque
from collections.abc import Callable

from plugfest.rig.misbehaviour.transmission import Transmission


class Lane:
    """Passes frames to `arrive` when they are due. Without a delay this happens at once."""

    def __init__(self, arrive: Callable[[Transmission], None]) -> None:
        self._arrive = arrive
        self._waiting: deque[tuple[asyncio.TimerHandle, Transmission]] = deque()
        self._last_due = 0.0
        self._held: Transmission | None = None
        self._release_timer: asyncio.TimerHandle | None = None

    def take(self, transmission: Transmission) -> None:
        """A frame begins to pass."""
        if transmission.held is not None and self._held is None:
            self._held = transmission
            self._release_timer = asyncio.get_running_loop().call_later(transmission.held, self._release)
            return
        self._queue(transmission)
        self._release()

    def flush(self) -> None:
        """Everything arrives now."""
        self._release()
        while self._waiting:
            self._next_arrives()

    def clear(self) -> None:
        """Nothing that waits arrives any more."""
        self._held = None
        self._stop_release_timer()
        for timer, _ in self._waiting:
            timer.cancel()
        self._waiting.clear()

    def _queue(self, transmission: Transmission) -> None:
        loop = asyncio.get_running_loop()
        due = max(loop.time() + transmission.delay, self._last_due)
        if not self._waiting and due <= loop.time():
            self._arrive(transmission)
            return
        self._last_due = due
        self._waiting.append((loop.call_at(due, self._next_arrives), transmission))

    def _next_arrives(self) -> None:
        timer, transmission = self._waiting.popleft()
        timer.cancel()
        self._arrive(transmission)

    def _release(self) -> None:
        self._stop_release_timer()
        if self._held is not None:
            held, self._held = self._held, None
            self._queue(held)

    def _stop_release_timer(self) -> None:
        if self._release_timer is not None:
            self._release_timer.cancel()
            self._release_timer = None
