"""Server-sent events about what changes: each part of it when it has changed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final, Protocol

PERIOD: Final = 1.0
"""Seconds after which a page is looked at again although nothing was reported: power and countdowns change by time."""

PAUSE: Final = 0.08
"""Seconds between two looks at least. More changes in this time are sent together."""


KEEP_ALIVE: Final = 15.0
"""Seconds without an event after which a comment is sent: proxies close a connection on which nothing is sent."""


class Changing(Protocol):
    """Something that changes."""

    @property
    def changes(self) -> int:
        """How often it has changed."""

    async def wait(self, seconds: float) -> object:
        """Wait for the next change, for so many seconds at most."""


class LiveEvent:
    """An event of a stream. `id` is what a browser sends when it connects again."""

    def __init__(self, name: str, data: str, id: int | None = None) -> None:
        self.name = name
        self.data = data
        self.id = id

    def encoded(self) -> str:
        lines = self.data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        id = "" if self.id is None else f"id: {self.id}\n"
        return f"event: {self.name}\n{id}{''.join(f'data: {line}' + chr(10) for line in lines)}\n"


async def stream(
    look: Callable[[], Iterable[LiveEvent] | None], changing: Changing, *, period: float = PERIOD, pause: float = PAUSE
) -> AsyncIterator[str]:
    """What `look` returns after each change and at least each `period`, until it returns None."""
    loop = asyncio.get_running_loop()
    sent_at = loop.time()
    while True:
        seen = changing.changes
        events = look()
        if events is None:
            return
        text = "".join(event.encoded() for event in events)
        if text or loop.time() - sent_at >= KEEP_ALIVE:
            yield text or ":\n\n"
            sent_at = loop.time()
        if changing.changes == seen:
            await changing.wait(period)
        await asyncio.sleep(pause)


class Rendered:
    """Parts, such as those of a page, rendered once for all who look at them at the same time."""

    def __init__(
        self, render: Callable[[], Iterable[tuple[str, str]]], changing: Changing, period: float = PERIOD
    ) -> None:
        self._render = render
        self._changing = changing
        self._period = period
        self._parts: Sequence[tuple[str, str]] = ()
        self._of: tuple[int, float] | None = None

    def parts(self) -> Sequence[tuple[str, str]]:
        """As they are after the last change; values that change by time may be half a period old."""
        now = asyncio.get_running_loop().time()
        if self._of is None or self._of[0] != self._changing.changes or now - self._of[1] > self._period / 2:
            self._of = self._changing.changes, now
            self._parts = list(self._render())
        return self._parts


class Changes:
    """Knows what a client has, and what of it has changed."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def of(self, parts: Iterable[tuple[str, str]]) -> list[LiveEvent]:
        """The events for the parts that have changed since the last call."""
        now = dict(parts)
        changed = [LiveEvent(name, text) for name, text in now.items() if self._shown.get(name) != text]
        self._shown = now
        return changed
