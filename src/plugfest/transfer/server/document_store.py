"""What a lab's file servers have and have seen: files in memory, how to behave with each, and every access."""

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

_BLOCK: Final = 32 * 1024


class Outcome(StrEnum):
    """How an access ended."""

    OPEN = "still open"
    DONE = "done"
    DENIED = "denied"
    NOT_FOUND = "not found"
    FAILED = "failed by the server"
    BROKEN_OFF = "broken off by the server"
    ABANDONED = "broken off by the client"


@dataclass(frozen=True, kw_only=True)
class FileBehaviour:
    """How the servers behave with one file, in either direction. Amounts are bytes; what is None does not happen."""

    deny: bool = False
    fail: bool = False
    """Say that the server itself has a problem."""
    hang_after: int | None = None
    break_off_after: int | None = None
    bytes_per_second: float | None = None


@dataclass(kw_only=True)
class Access:
    """Evidence of one access.

    `at` is the time of day, `request` the line or call as the client made it, `tls` the version of TLS, `size` the
    bytes of the file that went over the line.
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
    """Files by absolute path. `credentials`, if given, are the user and the password that everybody needs."""

    def __init__(self, *, credentials: tuple[str, str] | None = None) -> None:
        self.credentials = credentials
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = {"/"}
        self.accesses: list[Access] = []
        self._behaviours: dict[str, FileBehaviour] = {}
        self._changed = asyncio.Event()

    def put(self, path: str, data: bytes) -> None:
        """Offer a file."""
        where = absolute(path)
        self.files[where] = data
        self.make_folder(str(PurePosixPath(where).parent))

    def make_folder(self, path: str) -> None:
        """Let there be a folder, to send files into."""
        where = PurePosixPath(absolute(path))
        self.folders.update(str(folder) for folder in (where, *where.parents))

    def behave(self, path: str, behaviour: FileBehaviour) -> None:
        """Behave so with whoever fetches or sends this file, or one in this folder, from now on."""
        self._behaviours[absolute(path)] = behaviour

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something that clients do makes this true."""
        while not holds():
            self._changed.clear()
            await self._changed.wait()

    # What the servers ask and tell

    def admits(self, user: str | None, password: str | None) -> bool:
        """Whether this user may come in."""
        if self.credentials is None:
            return True
        return compare_digest(f"{user}:{password}".encode(), ":".join(self.credentials).encode())

    def open(self, access: Access, gone: Callable[[], Awaitable[object]]) -> "OpenFile":
        """A client wants something. `gone` returns when it has left."""
        self.accesses.append(access)
        self.changed()
        return OpenFile(self, access, self._behaviour_with(access.path), gone)

    def _behaviour_with(self, path: str) -> FileBehaviour:
        """The one for a file, or else for the nearest folder that has one."""
        ways = (path, *map(str, PurePosixPath(path).parents))
        return next((self._behaviours[way] for way in ways if way in self._behaviours), FileBehaviour())

    def changed(self) -> None:
        """Let whoever waits look again."""
        self._changed.set()


class DropConnection(Exception):
    """Drop the connection: the lab wants that, or the client has left."""


class OpenFile:
    """One access while it goes on. It is closed with its block; how it ends is evidence, unless it was refused."""

    def __init__(
        self, documents: DocumentStore, access: Access, behaviour: FileBehaviour, gone: Callable[[], Awaitable[object]]
    ) -> None:
        self.access = access
        self._documents = documents
        self._behaviour = behaviour
        self._gone = gone
        self._received = bytearray()

    def __enter__(self) -> "OpenFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(complete=error is None)

    def close(self, *, complete: bool) -> None:
        """The client is done, or has left before it was."""
        if self.access.outcome is Outcome.OPEN:
            self.access.outcome = Outcome.DONE if complete else Outcome.ABANDONED
        self._documents.changed()

    def refusal(self) -> Outcome | None:
        """Why the client does not get what it wants; None if it does."""
        if self._behaviour.deny:
            return self.refuse(Outcome.DENIED)
        if self._behaviour.fail:
            return self.refuse(Outcome.FAILED)
        path = self.access.path
        parent = str(PurePosixPath(path).parent)
        there = parent in self._documents.folders if self.access.upload else path in self._documents.files
        return None if there else self.refuse(Outcome.NOT_FOUND)

    def refuse(self, outcome: Outcome) -> Outcome:
        """The client does not get what it wants."""
        self.access.outcome = outcome
        self._documents.changed()
        return outcome

    @property
    def size(self) -> int:
        """Bytes of the file, as far as it is there."""
        return len(self._received if self.access.upload else self._documents.files[self.access.path])

    async def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The file that is fetched, or a part of it. Raises BreakOff."""
        data = self._documents.files[self.access.path][start:end]
        while data:
            block, data = self._cut(data)
            await self._pass(len(block))
            yield block

    async def write(self, data: bytes, offset: int | None = None) -> None:
        """Take more of the file that is sent, at its end or elsewhere. Raises BreakOff."""
        while data:
            block, data = self._cut(data)
            await self._pass(len(block))
            at = len(self._received) if offset is None else offset
            self._received[at : at + len(block)] = block
            offset = at + len(block)

    @property
    def received(self) -> bytes:
        """What has come so far of the file that is sent."""
        return bytes(self._received)

    def keep(self, path: str, data: bytes) -> None:
        """The file that is sent is complete: this is where it goes, and what it is."""
        self.access.path = path
        self._documents.files[path] = data

    def _cut(self, data: bytes) -> tuple[bytes, bytes]:
        """What goes next: not over the point where something is to happen, and no more than in a second."""
        size = int(min(_BLOCK, self._behaviour.bytes_per_second or _BLOCK)) or 1
        for point in (self._behaviour.hang_after, self._behaviour.break_off_after):
            if point is not None and point > self.access.size:
                size = min(size, point - self.access.size)
        return data[:size], data[size:]

    async def _pass(self, size: int) -> None:
        behaviour = self._behaviour
        if behaviour.hang_after is not None and self.access.size >= behaviour.hang_after:
            await self._gone()
            raise DropConnection
        if behaviour.break_off_after is not None and self.access.size >= behaviour.break_off_after:
            self.refuse(Outcome.BROKEN_OFF)
            raise DropConnection
        if behaviour.bytes_per_second is not None:
            await asyncio.sleep(size / behaviour.bytes_per_second)
        self.access.size += size


def absolute(path: str, folder: str = "/") -> str:
    """A path without dots, seen from `folder`."""
    parts: list[str] = []
    for part in PurePosixPath(folder, path).parts[1:]:
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return "/" + "/".join(parts)
