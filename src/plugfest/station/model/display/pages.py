"""Texts for drivers that the station has to download before it can show them (format URI)."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

from plugfest.hardware.ports import FormattedText, TextFormat
from plugfest.transfer.errors import TransferFailed

PAGE_SIZE = 100_000
"""Bytes of the largest page that is shown."""

RETRY_SECONDS = 60.0
"""Until the next attempt after a download that failed."""

_log = logging.getLogger(__name__)

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Downloads a page. Raises TransferFailed."""

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None], str], object]


class Pages:
    """The downloaded pages, by URI. `on_arrival` is called when one has been downloaded."""

    def __init__(self, fetch: Fetch, spawn: Spawn, time: Callable[[], float]) -> None:
        self.on_arrival: list[Callable[[], None]] = []
        self._fetch = fetch
        self._spawn = spawn
        self._time = time
        self._pages: dict[str, FormattedText] = {}
        self._not_before: dict[str, float] = {}

    def showable(self, text: FormattedText) -> FormattedText | None:
        """What to show for a text: itself, or the page at its URI; None while that is not downloaded."""
        if text.format is not TextFormat.URI:
            return text
        if text.text not in self._pages and self._time() >= self._not_before.get(text.text, 0.0):
            self._not_before[text.text] = self._time() + RETRY_SECONDS
            self._spawn(self._download(text), f"page {text.text}")
        return self._pages.get(text.text)

    async def _download(self, text: FormattedText) -> None:
        try:
            page = await self._fetch(text.text)
        except TransferFailed as error:
            _log.info("%s cannot be shown: %s", text.text, error)
            return
        self._pages[text.text] = FormattedText(page.decode(errors="replace"), TextFormat.HTML, text.language)
        for listener in self.on_arrival:
            listener()
