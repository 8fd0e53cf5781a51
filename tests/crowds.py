"""Clients that open connections and do not say who they are."""

import asyncio
import contextlib
import os
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

CROWD = 300


@asynccontextmanager
async def open_connections(
    host: str, port: int, sent: bytes = b"", count: int = CROWD
) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections at once, each with these bytes, kept open by their clients."""

    async def one() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(sent)
        return reader, writer

    opened = await asyncio.gather(*(one() for _ in range(count)))
    await asyncio.sleep(0.1)  # the server has accepted all of them
    writers = [writer for _, writer in opened]
    try:
        yield [reader for reader, _ in opened]
    finally:
        for writer in writers:
            writer.transport.abort()
        for writer in writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await asyncio.sleep(0.1)


@contextmanager
def no_file_descriptors_left() -> Iterator[None]:
    """The process cannot open any further file or accept any connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
