"""File servers of every protocol, with TLS settings for servers and clients."""

import functools
import io
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from plugfest import clock
from plugfest.link.tls import client_context, server_context
from plugfest.security.pki import TestPki
from plugfest.transfer.client import fetch, send
from plugfest.transfer.server import DocumentStore, FileServer, file_server

PROTOCOLS = ("HTTP", "HTTPS", "FTP", "FTPS", "SFTP")

HOST = "127.0.0.1"

IMAGE = bytes(range(256)) * 1000


@functools.cache
def pki() -> TestPki:
    return TestPki(clock.SystemClock().now())


@functools.cache
def server_tls() -> ssl.SSLContext:
    return server_context(pki().csms(HOST))


@functools.cache
def client_tls() -> ssl.SSLContext:
    return client_context([pki().root_pem])


@asynccontextmanager
async def running_server(
    protocol: str, *, credentials: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[FileServer]:
    """A server with a firmware image and a folder for logs."""
    documents = DocumentStore(credentials=credentials)
    documents.put("/firmware/image 1.bin", IMAGE)
    documents.make_folder("/logs")
    server = file_server(protocol, documents, tls or server_tls())
    await server.listen()
    try:
        yield server
    finally:
        await server.close()


async def download(url: str, **options: object) -> bytes:
    sink = io.BytesIO()
    await fetch(url, sink, tls=client_tls(), **options)  # type: ignore[arg-type]
    return sink.getvalue()


async def upload(url: str, data: bytes, name: str = "log.zip", **options: object) -> None:
    await send(url, io.BytesIO(data), name, tls=client_tls(), **options)  # type: ignore[arg-type]
