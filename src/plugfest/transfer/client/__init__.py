"""The client of a station: download a file, upload a file. Cancel the task to abort a transfer."""

import importlib
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import BinaryIO, Final, Protocol, cast

from plugfest.transfer.client.progress import ProgressMonitor, Upload
from plugfest.transfer.location import Location, parse_location

STALL_TIMEOUT: Final = 60.0
"""Seconds without progress after which a transfer fails."""


class _Client(Protocol):
    """The module of a protocol."""

    def download(self, location: Location, tls: ssl.SSLContext) -> AsyncGenerator[bytes, None]:
        """The file, block by block. Raises TransferFailed or OSError."""
        ...

    async def upload(self, location: Location, tls: ssl.SSLContext, file: Upload) -> None:
        """Send a file to a folder or to a file URL. Raises TransferFailed or OSError."""


# Imported on first use: their libraries take long to import, and most runs need at most one of them.
_MODULES: Final = {"http": "http", "https": "http", "ftp": "ftp", "ftps": "ftp", "sftp": "sftp"}


async def fetch(
    url: str,
    sink: BinaryIO,
    *,
    tls: ssl.SSLContext | None = None,
    max_size: int | None = None,
    stall_timeout: float = STALL_TIMEOUT,
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Write the file at `url` into `sink`.

    `tls` has the trusted roots for protocols with TLS; the default is the roots of the system. A file of more than
    `max_size` bytes fails. `stall_timeout` is in seconds. `on_progress` is called with the number of bytes so far.

    Raises TransferFailed.
    """
    location = parse_location(url)
    async with (
        ProgressMonitor(stall_timeout, on_progress, max_size) as monitor,
        aclosing(_client(location).download(location, tls or _default_tls(location))) as blocks,
    ):
        async for block in blocks:
            monitor.count(len(block))
            sink.write(block)


async def send(
    url: str,
    source: BinaryIO,
    name: str,
    *,
    tls: ssl.SSLContext | None = None,
    stall_timeout: float = STALL_TIMEOUT,
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Send the rest of `source`: as the file `name` if `url` is a folder, else to `url`.

    `source` must be seekable. Other arguments as for `fetch`.

    Raises TransferFailed.
    """
    location = parse_location(url)
    async with ProgressMonitor(stall_timeout, on_progress) as monitor:
        file = Upload(source, name, monitor)
        await _client(location).upload(location, tls or _default_tls(location), file)


def _default_tls(location: Location) -> ssl.SSLContext:
    """A context with the roots of the system; an empty one, which is faster to create, for protocols without TLS."""
    return ssl.create_default_context() if location.uses_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _client(location: Location) -> _Client:
    return cast(_Client, importlib.import_module(f"{__name__}.{_MODULES[location.scheme]}"))
