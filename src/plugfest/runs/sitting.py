"""One sitting of a run: from the start of `plugfest certify` until it ends, or is ended."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

import msgspec

from plugfest.lab import events
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.connection_log import LoggedConnection
from plugfest.lab.operator.left import LeftAtStation
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.recording.record import Frame
from plugfest.lab.verdict import CaseResult, Finding
from plugfest.runs.entries import CaseEnded, Entry, NotAnEntry, SittingBegan, SittingEnded, entry_of, from_line, to_line
from plugfest.runs.frame_file import FrameFile, opened_by_descriptor
from plugfest.runs.waits import LastingWaits
from plugfest.security.private_files import open_private


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of a sitting holds. Indexes of frames are those in this sitting.

    `duration_s` is that until the last frame, if the sitting did not end by itself. `planned`: the ids of the cases of
    the campaign, in their order; those of all sittings that shared them.
    """

    began: SittingBegan
    duration_s: float
    results: tuple[CaseResult, ...]
    frames: Sequence[Frame]
    findings: tuple[Finding, ...]
    missing: tuple[MissingCapability, ...]
    contradictions: tuple[Contradiction, ...]
    connections: tuple[LoggedConnection, ...]
    standstills: tuple[str, ...]
    is_finished: bool
    planned: tuple[str, ...] = ()


class SittingWriter:
    """A listener of the lab that appends to the file of a sitting.

    Each entry is given to the operating system at once, so it survives the end of the process. At the end of each case
    everything is on the disk, unless the clock is simulated: such a campaign takes seconds again. `frames` are those in
    the file; until it is closed they can be read, also if it was deleted.
    """

    def __init__(self, path: Path, began: SittingBegan) -> None:
        self.frames = FrameFile(self._opened)
        self._failure: str | None = None
        self._path = path
        self._size = 0  # of the file, in bytes
        self._in_real_time = began.clock == "real"
        self._descriptor = open_private(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND)
        self._waits = LastingWaits(self._write)
        self._write(began)

    @property
    def problem(self) -> str | None:
        """Why the file does not have everything, None if it has. The campaign goes on."""
        if self._failure is None and not os.fstat(self._descriptor).st_nlink:
            return f"{self._path}: it was deleted"
        return self._failure

    def on_event(self, event: events.Event) -> None:
        """Keep what a report needs, and in real time what the lab waits for."""
        if self._in_real_time:
            self._waits.on_event(event)
        entry = entry_of(event)
        if entry is None:
            return
        begin = self._size
        self._write(entry, on_disk=isinstance(entry, CaseEnded))
        if isinstance(entry, events.FrameRecorded) and self._failure is None:
            self.frames.note(begin)

    def end(self, duration_s: float, missing: tuple[MissingCapability, ...] | None = None) -> None:
        """The sitting is over. `missing`: what the operator could not do, as it is known now."""
        if missing:
            self._write(events.CapabilitiesMissing(missing))
        self._write(SittingEnded(duration_s=duration_s), on_disk=True)

    def close(self) -> None:
        self._waits.close()
        os.close(self._descriptor)

    def _write(self, entry: Entry, *, on_disk: bool = False) -> None:
        if self._failure is not None:
            return
        try:
            line = to_line(entry)
            _write_all(self._descriptor, line)
            self._size += len(line)
            if on_disk and self._in_real_time:
                os.fsync(self._descriptor)
        except OSError as error:
            self._failure = f"{self._path}: {error.strerror or error}"

    def _opened(self) -> BinaryIO:
        """The file by its descriptor: it may have been deleted."""
        return opened_by_descriptor(self._descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def read_sitting(path: Path) -> Sitting | None:
    """The sitting in a file; None if not even its begin was written. What a power cut left at the end is left out.

    Raises:
        OSError: the file cannot be read.
        NotAnEntry: another line is not an entry.
    """
    frames, entries = FrameFile.at(path), list[Entry]()
    for begin, entry in _entries(path):
        if not entries and not isinstance(entry, SittingBegan):
            raise NotAnEntry(f"{path} does not begin with the begin of a sitting")
        if isinstance(entry, events.FrameRecorded):
            frames.note(begin)
        else:
            entries.append(entry)
    if not entries:
        return None
    assert isinstance(entries[0], SittingBegan)
    ended = [one.duration_s for one in entries if isinstance(one, SittingEnded)]
    planned = (case for one in entries if isinstance(one, events.CampaignStarted) for case in one.planned)
    missing = [one.missing for one in entries if isinstance(one, events.CapabilitiesMissing)]
    contradictions = [one.contradictions for one in entries if isinstance(one, events.ContradictionsFound)]
    return Sitting(
        began=entries[0],
        duration_s=ended[0] if ended else frames[-1].at - frames[0].at if frames else 0.0,
        results=tuple(one.result for one in entries if isinstance(one, CaseEnded)),
        frames=frames,
        findings=tuple(one.finding for one in entries if isinstance(one, events.FindingMade) and not one.case),
        missing=missing[-1] if missing else (),
        contradictions=contradictions[-1] if contradictions else (),
        connections=tuple(one.connection for one in entries if isinstance(one, events.ConnectionLogged)),
        standstills=tuple(_standstills(entries)),
        is_finished=bool(ended),
        planned=tuple(one.id for one in planned),
    )


def _standstills(entries: Iterable[Entry]) -> Iterator[str]:
    """Those before the first case."""
    before = takewhile(lambda one: not isinstance(one, events.CaseStarted), entries)
    return (one.reason for one in before if isinstance(one, events.LabStoodStill))


def read_begin(path: Path) -> SittingBegan | None:
    """The begin of the sitting in a file; None if it was not written. Raises OSError."""
    with path.open("rb") as file:
        line = file.readline()
    try:
        entry = from_line(line)
    except NotAnEntry:
        return None
    return entry if isinstance(entry, SittingBegan) else None


def left_at_station(path: Path) -> LeftAtStation | None:
    """What the operator has left at the station, according to the sitting in a file; None if it has done nothing.

    Raises:
        OSError: the file cannot be read.
        NotAnEntry: a line is not an entry.
    """
    changes = (one.left for _, one in _entries(path) if isinstance(one, events.LeftChanged))
    return next(iter(deque(changes, maxlen=1)), None)


def _entries(path: Path) -> Iterator[tuple[int, Entry]]:
    """The entries, and where their lines begin, in bytes."""
    unreadable: NotAnEntry | None = None
    for number, (begin, line) in enumerate(_lines(path), 1):
        try:
            entry = from_line(line)
        except NotAnEntry as error:
            unreadable = unreadable or NotAnEntry(
                f"{path}, line {number} is damaged ({error}): delete the line to use the rest"
            )
            continue
        if unreadable is not None:
            raise unreadable
        yield begin, entry


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their begins, without what is after the last line end: nothing, or a part of an entry."""
    begin = 0
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield begin, line
            begin += len(line)
