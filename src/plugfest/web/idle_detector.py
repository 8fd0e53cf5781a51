"""Knows when pages are asked for, so that work in the background does not make them wait."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

PAUSE: Final = 0.3
"""Seconds after a request in which the background waits: a browser then asks for what the page consists of."""


class IdleDetector:
    """Whether something was asked for a moment ago. Streams count when they begin."""

    def __init__(self) -> None:
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._end: asyncio.TimerHandle | None = None

    def watching(self, app: ASGIApp) -> ASGIApp:
        """The application, with its requests noticed."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            self._notice()
            await app(scope, receive, send)

        return watched

    async def wait(self) -> None:
        """Return when nothing is asked for; others have their turn in any case."""
        await asyncio.sleep(0)
        await self._is_idle.wait()

    def _notice(self) -> None:
        self._is_idle.clear()
        if self._end is not None:
            self._end.cancel()
        self._end = asyncio.get_running_loop().call_later(PAUSE, self._is_idle.set)
