"""Why each connection to the lab ended, and why each attempt that failed did."""

import enum
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import msgspec

from plugfest.link.attempt import Attempt


class ConnectionKind(enum.StrEnum):
    """What happened to a TCP connection of a client."""

    FAILED = "failed"  # it did not become a WebSocket
    ENDED = "ended"  # a WebSocket of the station ended


class LoggedConnection(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a connection, or an attempt that failed, with the reason in one line.

    `at` is loop time, `frame` the index of the next frame in the record, `remote` the address of the client. `by_lab`:
    the lab has ended or refused the connection for the case. `count`: so many equal attempts in a row. `advice`: what a
    person who commissions the station can do.
    """

    kind: ConnectionKind
    at: float
    frame: int
    remote: str
    reason: str
    by_lab: bool = False
    count: int = 1
    advice: str = ""

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
            and host_of(self.remote) == host_of(other.remote)
        )


MAX_OTHERS: Final = 200
"""Entries about clients that are not known to be the station. Further attempts of such clients are one entry."""


MAX_ENTRIES: Final = 1000
"""A station may lose its connection for weeks: whatever comes after so many entries is counted in the last one."""


class ConnectionLog:
    """The entries in their order; equal attempts in a row are one entry. Listeners get each entry once."""

    def __init__(self, now: Callable[[], float], next_frame: Callable[[], int]) -> None:
        self._now = now
        self._next_frame = next_frame
        self.entries: list[LoggedConnection] = []
        self.listeners: list[Callable[[LoggedConnection], None]] = []
        self._stopped = False
        self._others = 0
        self._further: int | None = None  # the index of the entry for further attempts of others

    def stop(self) -> None:
        """Note nothing from now on: the campaign has ended."""
        self._stopped = True

    def failed(self, attempt: Attempt, *, is_station: bool, advice: str = "") -> None:
        """Note an attempt to connect that failed. `is_station`: the client has authenticated as the station."""
        if not is_station and self._others >= MAX_OTHERS:
            self._count_further(attempt)
            return
        by_lab = attempt.http_status == HTTPStatus.SERVICE_UNAVAILABLE
        is_new = self._add(ConnectionKind.FAILED, attempt.remote, attempt.failure or "", by_lab=by_lab, advice=advice)
        self._others += is_new and not is_station

    def ended(self, remote: str, reason: str, *, by_lab: bool) -> None:
        """Note the end of a connection of the station."""
        self._add(ConnectionKind.ENDED, remote, reason, by_lab=by_lab)

    def _count_further(self, attempt: Attempt) -> None:
        if self._further is None:
            self._further = len(self.entries)
            self._add(ConnectionKind.FAILED, attempt.remote, "one of many, which are only counted from now on")
        elif not self._stopped:
            self._count(self._further)

    def _count(self, index: int) -> None:
        self.entries[index] = msgspec.structs.replace(self.entries[index], count=self.entries[index].count + 1)

    def _add(self, kind: ConnectionKind, remote: str, reason: str, *, by_lab: bool = False, advice: str = "") -> bool:
        """Add an entry, or count an equal one. Returns whether there is a new entry."""
        if self._stopped:
            return False
        entry = LoggedConnection(
            kind=kind,
            at=self._now(),
            frame=self._next_frame(),
            remote=remote,
            reason=reason,
            by_lab=by_lab,
            advice=advice,
        )
        if self.entries and (entry.repeats(self.entries[-1]) or len(self.entries) >= MAX_ENTRIES):
            self._count(len(self.entries) - 1)
            return False
        self.entries.append(entry)
        for listener in self.listeners:
            listener(entry)
        return True


def host_of(remote: str) -> str:
    """The host in the address of a client."""
    return remote.rpartition(":")[0]
