"""Server-sent events: the parts of a page, each when it has changed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final

from plugfest.web.stations.signal import Signal

PERIOD: Final = 1.0
"""Seconds after which a page is looked at again although nothing was reported: power and countdowns change by time."""

PAUSE: Final = 0.08
"""Seconds between two looks at least. More changes in this time are sent together."""


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


async def stream(look: Callable[[], Iterable[LiveEvent] | None], signal: Signal) -> AsyncIterator[str]:
    """What `look` returns after each change, until it returns None."""
    while (events := look()) is not None:
        text = "".join(event.encoded() for event in events)
        if text:
            yield text
        await signal.wait(PERIOD)
        await asyncio.sleep(PAUSE)


class Rendered:
    """The parts of a page, rendered once for all who look at it at the same time."""

    def __init__(self, render: Callable[[], Iterable[tuple[str, str]]], signal: Signal) -> None:
        self._render = render
        self._signal = signal
        self._parts: Sequence[tuple[str, str]] = ()
        self._of: tuple[int, float] | None = None

    def parts(self) -> Sequence[tuple[str, str]]:
        """As they are after the last change; values that change by time may be half a period old."""
        now = asyncio.get_running_loop().time()
        if self._of is None or self._of[0] != self._signal.number or now - self._of[1] > PERIOD / 2:
            self._of = self._signal.number, now
            self._parts = list(self._render())
        return self._parts


class Changes:
    """Knows what a page shows, and what of it has changed."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def of(self, parts: Iterable[tuple[str, str]]) -> list[LiveEvent]:
        """The events for the parts that have changed since the last call."""
        now = dict(parts)
        changed = [LiveEvent(name, text) for name, text in now.items() if self._shown.get(name) != text]
        self._shown = now
        return changed
