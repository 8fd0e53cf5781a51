"""The document store of the file servers: files in memory, the server behaviour for each, and all accesses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from pathlib import PurePosixPath
from types import TracebackType
from typing import Final

from plugfest.clock import utc_now

MAX_UPLOAD: Final = 100_000_000
"""In bytes: a client that sends more is disconnected. Uploads are kept in memory."""

_BLOCK: Final = 32 * 1024


class Outcome(StrEnum):
    """How an access ended."""

    OPEN = "still open"
    DONE = "done"
    DENIED = "denied"
    NOT_FOUND = "not found"
    FAILED = "failed by the server"
    ABORTED_BY_SERVER = "aborted by the server"
    ABORTED_BY_CLIENT = "aborted by the client"


@dataclass(frozen=True, kw_only=True)
class FileBehaviour:
    """How the servers behave on uploads and downloads of one file. Sizes in bytes; None: this does not happen."""

    deny: bool = False
    fail: bool = False
    """Answer with an error of the server."""
    hang_after: int | None = None
    abort_after: int | None = None
    bytes_per_second: float | None = None
    proceed: asyncio.Event | None = None
    """The transfer waits for it before its first block."""


@dataclass(kw_only=True)
class Access:
    """The record of one access.

    `at` is the time of day, `request` the request line or command of the client, `tls` the TLS version, `size` the
    number of transferred bytes.
    """

    protocol: str
    request: str
    path: str
    upload: bool
    user: str | None = None
    tls: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=utc_now)
    size: int = 0
    outcome: Outcome = Outcome.OPEN


class DocumentStore:
    """Files by absolute path. `credentials` are the required user and password; None: no login is required."""

    def __init__(self, *, credentials: tuple[str, str] | None = None) -> None:
        self.credentials = credentials
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = {"/"}
        self.accesses: list[Access] = []
        self._behaviours: dict[str, FileBehaviour] = {}
        self._changed = asyncio.Event()

    def put(self, path: str, data: bytes) -> None:
        """Add a file and its folder."""
        where = absolute(path)
        self.files[where] = data
        self.make_folder(str(PurePosixPath(where).parent))

    def make_folder(self, path: str) -> None:
        """Add a folder for uploads."""
        where = PurePosixPath(absolute(path))
        self.folders.update(str(folder) for folder in (where, *where.parents))

    def set_behaviour(self, path: str, behaviour: FileBehaviour) -> None:
        """Set the behaviour for a file, or for all files in a folder, from now on."""
        self._behaviours[absolute(path)] = behaviour

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition is true. It is checked after every event of a client."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    # Used by the servers

    def accepts_credentials(self, user: str | None, password: str | None) -> bool:
        """Whether this user and password are valid."""
        if self.credentials is None:
            return True
        # In HTTP, surrogates stand for bytes that are not UTF-8 (`plugfest.link.handshake.Credentials`).
        given = f"{user}:{password}".encode(errors="surrogateescape")
        return compare_digest(given, ":".join(self.credentials).encode(errors="surrogateescape"))

    def open(self, access: Access, disconnected: Callable[[], Awaitable[object]]) -> "OpenFile":
        """Start an access. `disconnected` returns when the client has disconnected."""
        self.accesses.append(access)
        self.changed()
        return OpenFile(self, access, self._behaviour_of(access.path), disconnected)

    def _behaviour_of(self, path: str) -> FileBehaviour:
        """The behaviour for a file; by default that of the nearest folder with one."""
        paths = (path, *map(str, PurePosixPath(path).parents))
        return next((self._behaviours[one] for one in paths if one in self._behaviours), FileBehaviour())

    def changed(self) -> None:
        """Check the condition of `wait_until` again."""
        self._changed.set()


class DropConnection(Exception):
    """Raised to drop the connection: the behaviour requires it, or the client has disconnected."""


class OpenFile:
    """An upload or download in progress. The end of its block closes it and records the outcome."""

    def __init__(
        self,
        documents: DocumentStore,
        access: Access,
        behaviour: FileBehaviour,
        disconnected: Callable[[], Awaitable[object]],
    ) -> None:
        self.access = access
        self._documents = documents
        self._behaviour = behaviour
        self._disconnected = disconnected
        self._received = bytearray()

    def __enter__(self) -> "OpenFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(complete=error is None)

    def close(self, *, complete: bool) -> None:
        """End the access: complete, or aborted by the client."""
        if self.access.outcome is Outcome.OPEN:
            self.access.outcome = Outcome.DONE if complete else Outcome.ABORTED_BY_CLIENT
        self._documents.changed()

    def refusal(self) -> Outcome | None:
        """Check the access and record a refusal; None if it is allowed."""
        if self._behaviour.deny:
            return self.refuse(Outcome.DENIED)
        if self._behaviour.fail:
            return self.refuse(Outcome.FAILED)
        path = self.access.path
        parent = str(PurePosixPath(path).parent)
        exists = parent in self._documents.folders if self.access.upload else path in self._documents.files
        return None if exists else self.refuse(Outcome.NOT_FOUND)

    def refuse(self, outcome: Outcome) -> Outcome:
        """Record a refusal."""
        self.access.outcome = outcome
        self._documents.changed()
        return outcome

    @property
    def size(self) -> int:
        """The bytes of the file; of an upload, those received so far."""
        return len(self._received if self.access.upload else self._documents.files[self.access.path])

    async def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The blocks of a download. Raises DropConnection."""
        data = self._documents.files[self.access.path][start:end]
        while data:
            block, data = self._next_block(data)
            await self._transfer(len(block))
            yield block

    async def write(self, data: bytes, offset: int | None = None) -> None:
        """Add data to an upload, by default at its end. Raises DropConnection."""
        if len(self._received) + len(data) > MAX_UPLOAD:
            self.refuse(Outcome.ABORTED_BY_SERVER)
            raise DropConnection
        while data:
            block, data = self._next_block(data)
            await self._transfer(len(block))
            at = len(self._received) if offset is None else offset
            self._received[at : at + len(block)] = block
            offset = at + len(block)

    @property
    def received(self) -> bytes:
        """The data of an upload received so far."""
        return bytes(self._received)

    def store(self, path: str, data: bytes) -> None:
        """Store the complete upload under `path`."""
        self.access.path = path
        self._documents.files[path] = data

    def _next_block(self, data: bytes) -> tuple[bytes, bytes]:
        """The next block and the rest. A block ends where the behaviour takes effect, and takes at most a second."""
        size = int(min(_BLOCK, self._behaviour.bytes_per_second or _BLOCK)) or 1
        for point in (self._behaviour.hang_after, self._behaviour.abort_after):
            if point is not None and point > self.access.size:
                size = min(size, point - self.access.size)
        return data[:size], data[size:]

    async def _transfer(self, size: int) -> None:
        behaviour = self._behaviour
        if behaviour.hang_after is not None and self.access.size >= behaviour.hang_after:
            await self._disconnected()
            raise DropConnection
        if behaviour.abort_after is not None and self.access.size >= behaviour.abort_after:
            self.refuse(Outcome.ABORTED_BY_SERVER)
            raise DropConnection
        if behaviour.proceed is not None:
            await behaviour.proceed.wait()
        if behaviour.bytes_per_second is not None:
            await asyncio.sleep(size / behaviour.bytes_per_second)
        self.access.size += size


def absolute(path: str, folder: str = "/") -> str:
    """The absolute path without dots, relative to `folder`."""
    parts: list[str] = []
    for part in PurePosixPath(folder, path).parts[1:]:
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return "/" + "/".join(parts)
