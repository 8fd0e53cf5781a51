"""The frames of a run as lines of a page, a block at a time. Passwords, keys and tokens are replaced by names."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from plugfest.lab.recording.record import Frame
from plugfest.reports.evidence.frames import FrameLine, frame_lines
from plugfest.reports.evidence.payload import pretty
from plugfest.reports.model.report import FrameEntry
from plugfest.reports.redaction.redactor import Redactor
from plugfest.runs.progress import ProductProgress

BLOCK: Final = 200
"""Frames that are loaded at once."""

CONTEXT: Final = 20
"""Frames before a block in which the request of a response is looked for."""

MAX_PAYLOAD: Final = 20_000
MAX_SUMMARY: Final = 160
_PIECE: Final = 8
"""Frames that are redacted before the event loop can do other things."""


class FrameRow(msgspec.Struct, frozen=True, kw_only=True):
    """A frame on a page. `summary`: the begin of its payload; `omitted`: the characters that were cut from the rest."""

    number: int
    time: datetime
    from_station: bool
    kind: str
    summary: str
    payload: str
    omitted: int


async def entries(frames: Iterable[Frame], redactor: Redactor) -> list[FrameEntry]:
    """The redacted frames, with their times since the first."""
    found: list[FrameEntry] = []
    begin: float | None = None
    for number, frame in enumerate(frames):
        begin = frame.at if begin is None else begin
        text = redactor.frame(frame.text)
        found.append(FrameEntry(at=round(frame.at - begin, 6), direction=frame.direction.value, text=text))
        if number % _PIECE == _PIECE - 1:
            await asyncio.sleep(0)
    return found


async def frame_rows(product: ProductProgress, begin: int, end: int, redactor: Redactor) -> list[FrameRow]:
    """The frames with these numbers. Raises OSError."""
    numbered = product.frames(max(begin - CONTEXT, 0), end)
    redacted = await entries((frame for _, frame in numbered), redactor)
    return list(_rows(numbered, redacted, begin))


def _rows(numbered: Sequence[tuple[int, Frame]], redacted: Sequence[FrameEntry], begin: int) -> Iterator[FrameRow]:
    for (number, frame), line in zip(numbered, frame_lines(redacted, 0), strict=True):
        if number >= begin:
            yield _row(number, frame, line)


def _row(number: int, frame: Frame, line: FrameLine) -> FrameRow:
    payload = pretty(line.payload)
    return FrameRow(
        number=number,
        time=frame.time,
        from_station=line.from_station,
        kind=line.kind,
        summary="" if line.payload == "{}" else line.payload[:MAX_SUMMARY],
        payload=payload[:MAX_PAYLOAD],
        omitted=max(0, len(payload) - MAX_PAYLOAD),
    )


class FrameBlock(msgspec.Struct, frozen=True):
    """Frames that are loaded at once: `rows` is None until then."""

    begin: int
    end: int
    rows: list[FrameRow] | None = None


def frame_blocks(begin: int, end: int) -> list[FrameBlock]:
    """The blocks of a range of frames."""
    return [FrameBlock(first, min(first + BLOCK, end)) for first in range(begin, end, BLOCK)]
