"""Wakes what waits for a change."""

from collections.abc import Callable

from plugfest.clock import set_within
from plugfest.light_event import LightEvent


class Signal:
    """Something has changed. `forward` is called too: the signal of what this is a part of."""

    def __init__(self, forward: Callable[[], None] | None = None) -> None:
        self._forward = forward
        self._changed = LightEvent()
        self.changes = 0
        """How often something has changed."""

    def notify(self) -> None:
        """Wake everything that waits."""
        self.changes += 1
        self._changed.wake()
        if self._forward is not None:
            self._forward()

    async def wait(self, seconds: float) -> bool:
        """Wait for the next change, for so many seconds at most. Returns whether there was one."""
        return await set_within(self._changed, seconds)
