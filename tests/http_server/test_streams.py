"""How many streams are open."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.exceptions import HTTPException

from plugfest.http_server.streams import Streams


async def _events() -> AsyncIterator[str]:
    yield "one"
    yield "two"


def test_too_many_streams_are_refused_until_one_has_ended() -> None:
    async def run() -> None:
        streams = Streams(most=1)
        first = streams.response(_events())
        body = aiter(first.body_iterator)
        assert await anext(body) == "one"
        with pytest.raises(HTTPException, match="too many"):
            streams.response(_events())
        assert [event async for event in body] == ["two"]
        assert [event async for event in streams.response(_events()).body_iterator] == ["one", "two"]

    asyncio.run(run())


def test_a_stream_that_its_client_leaves_is_not_counted() -> None:
    async def run() -> None:
        streams = Streams(most=1)
        streaming = asyncio.ensure_future(anext(aiter(streams.response(_endless()).body_iterator)))
        await asyncio.sleep(0)
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)
        streams.response(_events())

    asyncio.run(run())


async def _endless() -> AsyncIterator[str]:
    await asyncio.Event().wait()
    yield ""
