"""Named timers. They end at power off."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]


class Timers:
    """One timer per name; setting it again restarts it."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._running: dict[str, asyncio.Task[None]] = {}

    def set(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        """Call `action` after `seconds`."""
        self.cancel(name)
        self._running[name] = self._spawn(self._wait(name, seconds, action), name)

    def cancel(self, name: str) -> None:
        timer = self._running.pop(name, None)
        if timer is not None:
            timer.cancel()

    def is_running(self, name: str) -> bool:
        return name in self._running

    async def _wait(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        await asyncio.sleep(seconds)
        del self._running[name]
        action()
