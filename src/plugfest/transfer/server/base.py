"""Base classes of the file servers."""

import asyncio
import errno
import socket
import ssl
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import quote

from plugfest.transfer.server.document_store import DocumentStore, DropConnection
from plugfest.unknown_clients import UnknownClients

_NO_RESOURCES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_RETRY_ACCEPT: Final = 1.0
"""Seconds without accepting a connection after the operating system had no file descriptor for it."""


class CannotServeFiles(Exception):
    """The server cannot listen on the address. The text is one line for the user."""


class FileServer(ABC):
    """A server of one protocol for a document store. Uses TLS if `tls` is given."""

    schemes: ClassVar[tuple[str, str]]
    """The URL schemes without and with TLS."""

    def __init__(self, documents: DocumentStore, tls: ssl.SSLContext | None = None) -> None:
        self.documents = documents
        self._tls = tls
        self.host = ""
        self.port = 0

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Open the port; with 0 the system chooses one. Raises CannotServeFiles."""
        try:
            self.host, self.port = await self._open(host, port)
        except OSError as error:
            raise CannotServeFiles(f"cannot serve files on {host}:{port}: {error.strerror or error}") from error

    @abstractmethod
    async def close(self) -> None:
        """Stop listening and abort every connection."""

    @property
    def scheme(self) -> str:
        return self.schemes[self._tls is not None]

    def url(self, path: str, *, credentials: tuple[str, str] | None = None) -> str:
        """The URL of a file or folder, with the credentials of the document store unless others are given."""
        login = credentials or self.documents.credentials
        prefix = "" if login is None else ":".join(quote(text, safe="") for text in login) + "@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{prefix}{host}:{self.port}{quote(path)}"

    @abstractmethod
    async def _open(self, host: str, port: int) -> tuple[str, int]: ...


class StreamServer(FileServer):
    """A server on asyncio streams, with a task for each connection."""

    def __init__(self, documents: DocumentStore, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(documents, tls)
        self._listening: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._unknown_clients = UnknownClients()
        self._retry: asyncio.TimerHandle | None = None

    async def close(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self, host: str, port: int) -> tuple[str, int]:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listening = socket.create_server((host, port), family=family)
        self._listening.setblocking(False)
        # Without Nagle's algorithm, which delays short replies. Accepted sockets inherit the option.
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._accept_connections(self._listening)
        name: tuple[str, int] = self._listening.getsockname()[:2]
        return name

    def _accept_connections(self, listening: socket.socket) -> None:
        # Not sock_accept: a task that is cancelled while it accepts would lose the connection without closing it.
        asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        try:
            connected, _ = listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in _NO_RESOURCES:
                raise
            self._pause(listening)
            return
        connected.setblocking(False)
        handling = self._spawn(self._handle_connection(connected))
        self._unknown_clients.add(handling, handling.cancel)
        handling.add_done_callback(self._unknown_clients.discard)
        handling.add_done_callback(partial(_close, connected))  # also if it is cancelled before it begins

    def _pause(self, listening: socket.socket) -> None:
        """Wait until there are file descriptors again. A connection that waits would call `_accept` all the time."""
        loop = asyncio.get_running_loop()
        self._unknown_clients.close_oldest()
        loop.remove_reader(listening)
        self._retry = loop.call_later(_RETRY_ACCEPT, self._accept_connections, listening)

    def _authenticated(self) -> None:
        """The client of the current task has logged in: its connection is kept, however many others there are."""
        self._unknown_clients.discard(asyncio.current_task())

    async def _handle_connection(self, connected: socket.socket) -> None:
        with suppress(OSError):  # the client disconnects, or its TLS handshake fails
            loop = asyncio.get_running_loop()
            reader = asyncio.StreamReader()
            connection: asyncio.Future[asyncio.StreamWriter] = loop.create_future()
            protocol = asyncio.StreamReaderProtocol(reader, lambda _, writer: connection.set_result(writer))
            tls = await self._implicit_tls(connected)
            await loop.connect_accepted_socket(lambda: protocol, connected, ssl=tls)
            await self._serve_until_closed(reader, await connection)

    async def _serve_until_closed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
            writer.close()
            await writer.wait_closed()
        except DropConnection:
            pass
        finally:
            writer.transport.abort()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _implicit_tls(self, connected: socket.socket) -> ssl.SSLContext | None:
        """The TLS settings for a new connection; None if it starts in plain text."""
        return self._tls

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client. Raises OSError if it disconnects, DropConnection to disconnect it."""


def _close(connected: socket.socket, _: asyncio.Task[None]) -> None:
    connected.close()
