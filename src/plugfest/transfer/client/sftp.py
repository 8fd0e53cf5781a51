"""SFTP: files over SSH.

OCPP has no field for the host key of a server, so any key is accepted. A man in the middle can read the files; replaced
firmware fails the check of its signature.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, cast

import asyncssh

from plugfest.transfer.client.progress import Upload
from plugfest.transfer.errors import TransferFailed, TransferFault
from plugfest.transfer.location import Location

_BLOCK: Final = 32 * 1024  # every server supports this size in one request

_SEQUENTIAL: Final = 0  # no parallel requests: asyncssh logs errors for those when a transfer is aborted

_ANONYMOUS: Final = "anonymous"

_FAULTS: Final[dict[type[asyncssh.Error], TransferFault]] = {
    asyncssh.SFTPNoSuchFile: TransferFault.NOT_FOUND,
    asyncssh.SFTPNoSuchPath: TransferFault.NOT_FOUND,
    asyncssh.SFTPPermissionDenied: TransferFault.DENIED,
    asyncssh.SFTPOpUnsupported: TransferFault.NOT_SUPPORTED,
    asyncssh.SFTPBadMessage: TransferFault.BAD_MESSAGE,
    asyncssh.SFTPNoConnection: TransferFault.CONNECTION_LOST,
    asyncssh.SFTPConnectionLost: TransferFault.CONNECTION_LOST,
    asyncssh.PermissionDenied: TransferFault.DENIED,
    asyncssh.ConnectionLost: TransferFault.CONNECTION_LOST,
    asyncssh.ProtocolError: TransferFault.BAD_MESSAGE,
    asyncssh.KeyExchangeFailed: TransferFault.INSECURE,
    asyncssh.ChannelOpenError: TransferFault.NOT_SUPPORTED,
}


async def download(location: Location, tls: ssl.SSLContext) -> AsyncGenerator[bytes, None]:
    """Download the file."""
    with _translate_errors():
        async with _session(location) as sftp:
            remote = await sftp.open(location.path, "rb", block_size=_SEQUENTIAL)
            while block := await remote.read(_BLOCK):
                yield cast(bytes, block)  # bytes, because the file is open in binary mode
            await remote.close()


async def upload(location: Location, tls: ssl.SSLContext, file: Upload) -> None:
    """Upload the file, into the folder if `location` is one."""
    with _translate_errors():
        async with _session(location) as sftp:
            folder = location.is_folder or await sftp.isdir(location.path)
            target = location.inside(file.name) if folder else location
            remote = await sftp.open(target.path, "wb", block_size=_SEQUENTIAL)
            async for block in file.blocks():
                await remote.write(block)
            await remote.close()


@asynccontextmanager
async def _session(location: Location) -> AsyncIterator[asyncssh.SFTPClient]:
    """A client session. After an error the connection is aborted: a server that hangs does not answer the closing."""
    connection = await asyncssh.connect(
        location.host,
        location.port,
        username=_ANONYMOUS if location.user is None else location.user,
        password=location.password,
        known_hosts=None,
        # Do not use the SSH settings, keys or agent of the system user.
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
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except asyncssh.Error as error:
        raise TransferFailed(_FAULTS.get(type(error), TransferFault.FAILED), error.reason) from error
    except ValueError as error:  # asyncssh: packets and texts of the server that it cannot decode
        raise TransferFailed(TransferFault.BAD_MESSAGE, "a packet of the server cannot be decoded") from error
