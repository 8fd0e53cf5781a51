"""Server-sent events: the parts of a page, each when it has changed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

from starlette.responses import StreamingResponse

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


def stream(look: Callable[[], Iterable[LiveEvent] | None], signal: Signal) -> StreamingResponse:
    """What `look` returns after each change, until it returns None."""
    return StreamingResponse(_events(look, signal), media_type="text/event-stream")


async def _events(look: Callable[[], Iterable[LiveEvent] | None], signal: Signal) -> AsyncIterator[str]:
    while (events := look()) is not None:
        text = "".join(event.encoded() for event in events)
        if text:
            yield text
        await signal.wait(PERIOD)
        await asyncio.sleep(PAUSE)


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
