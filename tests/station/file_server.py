"""A file server for the tests of the station."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from plugfest.transfer.server import DocumentStore, FileServer
from plugfest.transfer.server.http import HttpServer


@asynccontextmanager
async def file_server() -> AsyncIterator[FileServer]:
    server = HttpServer(DocumentStore())
    await server.listen()
    try:
        yield server
    finally:
        await server.close()
