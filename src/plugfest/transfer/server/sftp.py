"""SFTP: files over SSH, by asyncssh."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import asyncssh

from plugfest.transfer.server.base import FileServer
from plugfest.transfer.server.document_store import Access, DocumentStore, DropConnection, OpenFile, Outcome, absolute
from plugfest.unknown_clients import UnknownClients

_FOLDER: Final = 0o040755
_FILE: Final = 0o100644

_REFUSALS: Final = {
    Outcome.DENIED: asyncssh.SFTPPermissionDenied,
    Outcome.NOT_FOUND: asyncssh.SFTPNoSuchFile,
    Outcome.FAILED: asyncssh.SFTPFailure,
}


class SftpServer(FileServer):
    """Serves SFTP, with a new host key at each start."""

    schemes = ("sftp", "sftp")

    def __init__(self, documents: DocumentStore, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(documents, tls)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._unknown_clients = UnknownClients()

    async def close(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            for connection in self._connections:
                connection.abort()
            for connection in list(self._connections):
                await connection.wait_closed()
            await self._acceptor.wait_closed()

    async def _open(self, host: str, port: int) -> tuple[str, int]:
        self._acceptor = await asyncssh.listen(
            host,
            port,
            server_factory=lambda: _Authentication(self.documents, self._connections, self._unknown_clients),
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=lambda channel: _Files(channel, self.documents),
        )
        return host, self._acceptor.get_port()


class _Authentication(asyncssh.SSHServer):
    """Checks user and password, and signals when the client disconnects."""

    def __init__(
        self, documents: DocumentStore, connections: set[asyncssh.SSHServerConnection], unknown_clients: UnknownClients
    ) -> None:
        self._documents = documents
        self._unknown_clients = unknown_clients
        self._connections = connections
        self._connection: asyncssh.SSHServerConnection | None = None
        self.disconnected = asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._connections.add(conn)
        self._unknown_clients.add(self, conn.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self.disconnected.set()
        self._unknown_clients.discard(self)
        if self._connection is not None:
            self._connections.discard(self._connection)

    def auth_completed(self) -> None:
        self._unknown_clients.discard(self)

    def begin_auth(self, username: str) -> bool:
        return self._documents.credentials is not None

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        if self._documents.accepts_credentials(username, password):
            return True
        access = Access(protocol="sftp", request="password", path="/", upload=False, user=username)
        self._documents.open(access, self.disconnected.wait).refuse(Outcome.DENIED)
        return False


class _Unsupported(asyncssh.SFTPServer):
    """Disables the operations of asyncssh's server on the file system of the computer."""

    def _unsupported(self, *_: Any, **__: Any) -> NoReturn:
        raise asyncssh.SFTPOpUnsupported("only reading and writing of files is supported")

    scandir = remove = mkdir = rmdir = readlink = symlink = link = _unsupported
    rename = posix_rename = open56 = statvfs = fstatvfs = lock = unlock = _unsupported

    def _ignored(self, *_: Any, **__: Any) -> None:
        """Times and permissions are ignored; many clients set them."""

    setstat = lsetstat = fsetstat = fsync = _ignored


class _Files(_Unsupported):
    """The document store for one client."""

    def __init__(self, channel: "asyncssh.SSHServerChannel[bytes]", documents: DocumentStore) -> None:
        super().__init__(channel)
        self._documents = documents

    def realpath(self, path: bytes) -> bytes:
        return _name(path).encode()

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        name = _name(path)
        if name in self._documents.folders:
            return asyncssh.SFTPAttrs(permissions=_FOLDER)
        if name in self._documents.files:
            return _attributes(len(self._documents.files[name]))
        raise asyncssh.SFTPNoSuchFile("no such file or folder")

    lstat = stat

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        return _attributes(_open_file(file_obj).size)

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> OpenFile:
        upload = bool(pflags & asyncssh.FXF_WRITE)
        access = Access(
            protocol="sftp",
            request=f"open to {'write' if upload else 'read'}",
            path=_name(path),
            upload=upload,
            user=self.connection.get_extra_info("username"),
        )
        authentication = self.connection.get_owner()
        assert isinstance(authentication, _Authentication)
        open_file = self._documents.open(access, authentication.disconnected.wait)
        refusal = open_file.refusal()
        if refusal is not None:
            raise _REFUSALS[refusal](refusal)
        return open_file

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        with self._drop_connection():
            return b"".join([block async for block in _open_file(file_obj).read(offset, offset + size)])

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        with self._drop_connection():
            await _open_file(file_obj).write(data, offset)
        return len(data)

    def close(self, file_obj: object) -> None:
        open_file = _open_file(file_obj)
        complete = not self.channel.is_closing()  # asyncssh closes the file if the client disconnects
        if complete and open_file.access.upload:
            open_file.store(open_file.access.path, open_file.received)
        open_file.close(complete=complete)

    @contextmanager
    def _drop_connection(self) -> Iterator[None]:
        try:
            yield
        except DropConnection:
            self.connection.abort()
            raise asyncssh.SFTPConnectionLost("") from None


def _open_file(file_obj: object) -> OpenFile:
    assert isinstance(file_obj, OpenFile)
    return file_obj


def _name(path: bytes) -> str:
    return absolute(path.decode(errors="replace"))


def _attributes(size: int) -> asyncssh.SFTPAttrs:
    return asyncssh.SFTPAttrs(permissions=_FILE, size=size)
