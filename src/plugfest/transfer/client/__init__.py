"""What a station does with files: fetch one, send one. Cancel the task to break a transfer off."""

import importlib
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import BinaryIO, Final, Protocol, cast

from plugfest.transfer.client.progress import Meter, Outgoing
from plugfest.transfer.location import Location, parse_location

PATIENCE: Final = 60.0
"""Seconds without a byte after which a transfer has failed."""


class _Client(Protocol):
    """What each protocol's module has."""

    def download(self, location: Location, tls: ssl.SSLContext) -> AsyncGenerator[bytes, None]:
        """The file, block by block. Raises TransferFailed or OSError."""
        ...

    async def upload(self, location: Location, tls: ssl.SSLContext, file: Outgoing) -> None:
        """Send a file into a folder or to an address of its own. Raises TransferFailed or OSError."""


# The libraries behind these take longer to import than the rest of a station; most runs need none or one of them.
_MODULES: Final = {"http": "http", "https": "http", "ftp": "ftp", "ftps": "ftp", "sftp": "sftp"}


async def fetch(
    url: str,
    sink: BinaryIO,
    *,
    tls: ssl.SSLContext | None = None,
    largest: int | None = None,
    patience: float = PATIENCE,
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Write the file at `url` into `sink`.

    `tls` says whom to trust where the protocol has TLS, by default whom the computer trusts. A file of more than
    `largest` bytes is given up. `patience` in seconds. `on_progress` hears how many bytes have come.

    Raises TransferFailed.
    """
    location = parse_location(url)
    async with (
        Meter(patience, on_progress, largest) as meter,
        aclosing(_client(location).download(location, tls or _usual_trust(location))) as blocks,
    ):
        async for block in blocks:
            meter.count(len(block))
            sink.write(block)


async def send(
    url: str,
    source: BinaryIO,
    name: str,
    *,
    tls: ssl.SSLContext | None = None,
    patience: float = PATIENCE,
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Send what is left to read of `source`, as a file `name` if `url` is a folder and else to the very `url`.

    `source` has to be seekable. The rest as for `fetch`.

    Raises TransferFailed.
    """
    location = parse_location(url)
    async with Meter(patience, on_progress) as meter:
        file = Outgoing(source, name, meter)
        await _client(location).upload(location, tls or _usual_trust(location), file)


def _usual_trust(location: Location) -> ssl.SSLContext:
    """Whom the computer trusts; nobody, which is quicker made, where the protocol has no TLS to ask it for."""
    return ssl.create_default_context() if location.uses_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _client(location: Location) -> _Client:
    return cast(_Client, importlib.import_module(f"{__name__}.{_MODULES[location.scheme]}"))
