"""A limit for the open connections of clients that have not shown who they are.

A server has a limited number of file descriptors. Without this limit, anyone who opens connections and sends nothing
takes all of them, and no station can connect.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

MAX_UNKNOWN: Final = 64
"""A station needs a moment to show who it is, so few are unknown at one time."""

UNKNOWN_SECONDS: Final = 1.0
"""Seconds for which a server that waits for room lets a client be unknown."""


class _Unknown(NamedTuple):
    since: float
    close: Callable[[], object]


class UnknownClients:
    """The connections of one server whose clients are not known yet. With too many, the oldest one is closed.

    A server that can let its clients wait calls `room` before it accepts the next one. Then a crowd that sends its
    requests at once loses no connection.
    """

    def __init__(self, limit: int = MAX_UNKNOWN) -> None:
        self._limit = limit
        self._unknown: dict[Hashable, _Unknown] = {}
        self._fewer = asyncio.Event()

    async def room(self) -> None:
        """Wait until one more can be added: one is known or has ended, or the oldest was closed in the end."""
        while len(self._unknown) >= self._limit:
            self._fewer.clear()
            oldest = next(iter(self._unknown.values()))
            try:
                async with asyncio.timeout_at(oldest.since + UNKNOWN_SECONDS):
                    await self._fewer.wait()
            except TimeoutError:
                self.close_oldest()

    def add(self, connection: Hashable, close: Callable[[], object]) -> None:
        """A client has connected. `close` closes its connection at once."""
        self.add_again(connection, close)
        while len(self._unknown) > self._limit:
            self.close_oldest()

    def add_again(self, connection: Hashable, close: Callable[[], object]) -> None:
        """A client that was known may send another request. It is not closed at once: it may be about to do so."""
        self._unknown[connection] = _Unknown(asyncio.get_running_loop().time(), close)

    def discard(self, connection: Hashable) -> None:
        """The client is known now, or its connection has ended."""
        if self._unknown.pop(connection, None) is not None:
            self._fewer.set()

    def close_oldest(self) -> None:
        """Close the connection that has been unknown for the longest time, if there is one."""
        if self._unknown:
            self._unknown.pop(next(iter(self._unknown))).close()
            self._fewer.set()
