"""Streams of server-sent events: a bounded number, as each costs time with every change that it shows."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

MAX_STREAMS: Final = 50
"""Of one section of the site: a page has one; and of one control API."""


class Streams:
    """The streams that are open."""

    def __init__(self, most: int = MAX_STREAMS) -> None:
        self._free = most

    def response(self, events: AsyncIterator[str]) -> StreamingResponse:
        """The response with these events. Raises HTTPException if too many are open."""
        if self._free <= 0:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE.value, "too many streams are open; close some")
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._counted(events), media_type="text/event-stream", headers=headers)

    async def _counted(self, events: AsyncIterator[str]) -> AsyncIterator[str]:
        self._free -= 1
        try:
            async for event in events:
                yield event
        finally:
            self._free += 1
