"""A limit for the open connections of clients that have not shown who they are.

A server has a limited number of file descriptors. Without this limit, anyone who opens connections and sends nothing
takes all of them, and no station can connect.
"""

from collections.abc import Callable, Hashable
from typing import Final

MAX_UNKNOWN: Final = 64
"""A station needs a moment to show who it is, so few are unknown at one time."""


class UnknownClients:
    """The connections of one server whose clients are not known yet. With too many, the oldest one is closed."""

    def __init__(self, limit: int = MAX_UNKNOWN) -> None:
        self._limit = limit
        self._close: dict[Hashable, Callable[[], object]] = {}

    def add(self, connection: Hashable, close: Callable[[], object]) -> None:
        """A client has connected. `close` closes its connection at once."""
        self._close[connection] = close
        while len(self._close) > self._limit:
            self.close_oldest()

    def discard(self, connection: Hashable) -> None:
        """The client is known now, or its connection has ended."""
        self._close.pop(connection, None)

    def close_oldest(self) -> None:
        """Close the connection that has been unknown for the longest time, if there is one."""
        if self._close:
            self._close.pop(next(iter(self._close)))()
