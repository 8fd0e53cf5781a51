"""Why each connection to the lab ended, and why each attempt that failed did."""

import enum
from collections.abc import Callable
from http import HTTPStatus

import msgspec

from plugfest.link.attempt import Attempt


class ConnectionKind(enum.StrEnum):
    """What happened to a TCP connection of a client."""

    FAILED = "failed"  # it did not become a WebSocket
    ENDED = "ended"  # a WebSocket of the station ended


class LoggedConnection(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a connection, or an attempt that failed, with the reason in one line.

    `at` is loop time, `frame` the index of the next frame in the record, `remote` the address of the client. `by_lab`:
    the lab has ended or refused the connection for the case. `count`: so many equal attempts in a row.
    """

    kind: ConnectionKind
    at: float
    frame: int
    remote: str
    reason: str
    by_lab: bool = False
    count: int = 1

    @property
    def line(self) -> str:
        """The entry in one line, without the time."""
        if self.kind is ConnectionKind.ENDED:
            return f"connection ended: {self.reason}"
        return f"connection attempt from {self.remote} failed: {self.reason}"

    def repeats(self, other: "LoggedConnection") -> bool:
        """Whether it is an attempt that failed like the other one, from the same host."""
        return (
            self.kind is other.kind is ConnectionKind.FAILED
            and self.reason == other.reason
            and _host(self.remote) == _host(other.remote)
        )


class ConnectionLog:
    """The entries in their order; equal attempts in a row are one entry. Listeners get each entry once."""

    def __init__(self, now: Callable[[], float], next_frame: Callable[[], int]) -> None:
        self._now = now
        self._next_frame = next_frame
        self.entries: list[LoggedConnection] = []
        self.listeners: list[Callable[[LoggedConnection], None]] = []
        self._stopped = False

    def stop(self) -> None:
        """Note nothing from now on: the campaign has ended."""
        self._stopped = True

    def failed(self, attempt: Attempt) -> None:
        """Note an attempt to connect that failed."""
        by_lab = attempt.http_status == HTTPStatus.SERVICE_UNAVAILABLE
        self._add(ConnectionKind.FAILED, attempt.remote, attempt.failure or "", by_lab=by_lab)

    def ended(self, remote: str, reason: str, *, by_lab: bool) -> None:
        """Note the end of a connection of the station."""
        self._add(ConnectionKind.ENDED, remote, reason, by_lab=by_lab)

    def _add(self, kind: ConnectionKind, remote: str, reason: str, *, by_lab: bool) -> None:
        if self._stopped:
            return
        entry = LoggedConnection(
            kind=kind, at=self._now(), frame=self._next_frame(), remote=remote, reason=reason, by_lab=by_lab
        )
        if self.entries and entry.repeats(self.entries[-1]):
            self.entries[-1] = msgspec.structs.replace(self.entries[-1], count=self.entries[-1].count + 1)
            return
        self.entries.append(entry)
        for listener in self.listeners:
            listener(entry)


def _host(remote: str) -> str:
    return remote.rpartition(":")[0]
