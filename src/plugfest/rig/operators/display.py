"""Watches the display of a station."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable

STEP = 1.0
"""Seconds between two looks."""


async def is_shown(text: str, seconds: float, read: Callable[[], Awaitable[Iterable[str]]]) -> bool:
    """Whether a line of the display contains the text within so many seconds, not as a part of a longer word.

    `read` returns the present lines.
    """
    words = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        if any(words.search(line) for line in await read()):
            return True
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(STEP)
