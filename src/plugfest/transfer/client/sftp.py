"""SFTP: files over SSH.

OCPP has no place for a server's host key, so that any key is accepted. Somebody on the way may therefore learn what is
sent; what he puts in the place of firmware does not pass its signature.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, cast

import asyncssh

from plugfest.transfer.client.progress import Outgoing
from plugfest.transfer.errors import Fault, TransferFailed
from plugfest.transfer.location import Location

_BLOCK: Final = 32 * 1024  # what every server takes in one request

_IN_ORDER: Final = 0  # one request after the other: asyncssh's parallel ones complain when a transfer breaks off

_ANONYMOUS: Final = "anonymous"

_FAULTS: Final[dict[type[asyncssh.Error], Fault]] = {
    asyncssh.SFTPNoSuchFile: Fault.NOT_FOUND,
    asyncssh.SFTPNoSuchPath: Fault.NOT_FOUND,
    asyncssh.SFTPPermissionDenied: Fault.DENIED,
    asyncssh.SFTPOpUnsupported: Fault.NOT_SUPPORTED,
    asyncssh.SFTPBadMessage: Fault.BAD_MESSAGE,
    asyncssh.SFTPNoConnection: Fault.BROKEN_OFF,
    asyncssh.SFTPConnectionLost: Fault.BROKEN_OFF,
    asyncssh.PermissionDenied: Fault.DENIED,
    asyncssh.ConnectionLost: Fault.BROKEN_OFF,
    asyncssh.ProtocolError: Fault.BAD_MESSAGE,
    asyncssh.KeyExchangeFailed: Fault.INSECURE,
    asyncssh.ChannelOpenError: Fault.NOT_SUPPORTED,
}


async def download(location: Location, tls: ssl.SSLContext) -> AsyncGenerator[bytes, None]:
    """The whole file."""
    with _translated():
        async with _session(location) as sftp:
            remote = await sftp.open(location.path, "rb", block_size=_IN_ORDER)
            while block := await remote.read(_BLOCK):
                yield cast(bytes, block)  # as the file was opened
            await remote.close()


async def upload(location: Location, tls: ssl.SSLContext, file: Outgoing) -> None:
    """Into the folder if there is one of this name."""
    with _translated():
        async with _session(location) as sftp:
            folder = location.is_folder or await sftp.isdir(location.path)
            target = location.inside(file.name) if folder else location
            remote = await sftp.open(target.path, "wb", block_size=_IN_ORDER)
            async for block in file.blocks():
                await remote.write(block)
            await remote.close()


@asynccontextmanager
async def _session(location: Location) -> AsyncIterator[asyncssh.SFTPClient]:
    """Ends with words only if all went well: a server that hangs answers no goodbye."""
    connection = await asyncssh.connect(
        location.host,
        location.port,
        username=_ANONYMOUS if location.user is None else location.user,
        password=location.password,
        known_hosts=None,
        # Nothing of the computer's own user: not his settings, keys or agent.
        config=None,
        client_keys=None,
        agent_path=None,
    )
    try:
        yield await connection.start_sftp_client()
        connection.close()
        await connection.wait_closed()
    except BaseException:
        connection.abort()
        raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except asyncssh.Error as error:
        raise TransferFailed(_FAULTS.get(type(error), Fault.FAILED), error.reason) from error
