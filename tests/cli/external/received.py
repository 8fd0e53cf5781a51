"""What a CSMS has received, and a wait for what it has not received yet."""

import asyncio
from collections.abc import Callable
from typing import Any

Payload = dict[str, Any]

LIMIT = 30.0
"""Seconds after which a message is missing."""


class Received:
    """The requests of a station in their order, and every text frame in both directions."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Payload]] = []
        self.frames: list[str] = []
        self._read = 0
        self._arrived = asyncio.Event()

    def note(self, action: str, payload: Payload) -> None:
        self.requests.append((action, payload))
        self._arrived.set()

    def all(self, action: str) -> list[Payload]:
        return [payload for name, payload in self.requests if name == action]

    async def next(self, action: str, meets: Callable[[Payload], bool] = lambda _: True) -> Payload:
        """The next request of this action that meets the condition, after the one that was returned last."""
        try:
            async with asyncio.timeout(LIMIT):
                while True:
                    for index, (name, payload) in enumerate(self.requests[self._read :], self._read + 1):
                        if name == action and meets(payload):
                            self._read = index
                            return payload
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            last = self.requests[: self._read][-3:]
            raise AssertionError(f"no such {action} within {LIMIT:g} s after {last}") from None
