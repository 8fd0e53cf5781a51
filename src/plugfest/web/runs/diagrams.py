"""A case of a run with its sequence diagram, finished or running."""

from collections.abc import Sequence
from typing import Final

import msgspec
from markupsafe import Markup

from plugfest.lab.recording.exchanges import parsed
from plugfest.lab.recording.record import Frame
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp import frames as wire
from plugfest.reports.build import case_entry
from plugfest.reports.drawings.sequence_diagram import diagram_of_frames, drawing
from plugfest.reports.evidence.sequence import MessageRow, Row, rows
from plugfest.reports.model.report import CaseEntry, FrameEntry
from plugfest.reports.redaction.redactor import Redactor
from plugfest.runs.combination import with_first_frame
from plugfest.runs.progress import CaseProgress, ProductProgress, RunningCase
from plugfest.web.runs.frames import entries

MAX_FRAMES: Final = 1_000
"""A case with more frames has its diagram only in the report."""

LAST_FRAMES: Final = 24
"""The frames in the diagram of the running case."""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case with a result. `first`: the number of its first frame in the run; its own indexes begin at 0."""

    entry: CaseEntry
    first: int
    diagram: Markup | None


async def case_view(product: ProductProgress, case: CaseProgress, redactor: Redactor) -> CaseView:
    """The case as in a report. Raises OSError."""
    assert case.result is not None
    sitting = product.sittings[case.sitting]
    begin, end = case.result.frames
    shown = range(begin, end if end - begin <= MAX_FRAMES else begin)
    frames = await entries(sitting.frames(shown.start, shown.stop), redactor)
    entry = case_entry(with_first_frame(case.result, 0), frames, redactor)
    diagram = Markup(diagram_of_frames(frames, entry)) if len(frames) == end - begin > 0 else None
    return CaseView(entry=entry, first=product.first_frame(case.sitting) + begin, diagram=diagram)


class LiveDiagram:
    """Draws the last frames of a product that is tested, and redacts each frame only once."""

    def __init__(self, product: ProductProgress, redactor: Redactor) -> None:
        self._product = product
        self._redactor = redactor
        self._entries: dict[int, FrameEntry] = {}

    async def drawn(self) -> Markup | None:
        """The diagram as it is now; None if there are no frames. Raises OSError."""
        sitting, running = self._product.sittings[-1], self._product.running
        first = max(0 if running is None else running.frame, sitting.frame_count - LAST_FRAMES)
        frames = sitting.frames(first, sitting.frame_count)
        new = [frame for frame in frames if frame.index not in self._entries]
        redacted = dict(zip((frame.index for frame in new), await entries(new, self._redactor), strict=True))
        known = self._entries | redacted
        self._entries = {frame.index: known[frame.index] for frame in frames}
        shown = _from_first_request(frames, [self._timed(frame, frames[0]) for frame in frames])
        if not shown:
            return None
        number = shown[0][0].index
        result = _result(running, number, number + len(shown))
        entry = case_entry(with_first_frame(result, 0), [line for _, line in shown], self._redactor)
        drawn = [_as_if_answered(row) for row in rows([line for _, line in shown], entry)]
        title = "The last messages" if running is None else f"The last messages of {running.id}"
        return Markup(drawing(drawn, title, f"{len(shown)} frames between the station (left) and the lab (right)."))

    def _timed(self, frame: Frame, first: Frame) -> FrameEntry:
        return msgspec.structs.replace(self._entries[frame.index], at=round(frame.at - first.at, 6))


def _from_first_request(frames: Sequence[Frame], lines: Sequence[FrameEntry]) -> list[tuple[Frame, FrameEntry]]:
    """The frames without answers at the beginning, whose requests are not among them."""
    both = list(zip(frames, lines, strict=True))
    while both and isinstance(parsed(both[0][1].text), wire.CallResult | wire.CallError):
        del both[0]
    return both


def _as_if_answered(row: Row) -> Row:
    """An answer may still come."""
    return msgspec.structs.replace(row, answered=True) if isinstance(row, MessageRow) else row


def _result(running: RunningCase | None, begin: int, end: int) -> CaseResult:
    """What is drawn of a case that has no result yet: its findings beside their frames."""
    found = () if running is None else running.findings
    return CaseResult(
        id="" if running is None else running.id,
        name="" if running is None else running.name,
        profile="",
        verdict=Verdict.INCONCLUSIVE,  # not drawn
        findings=tuple(one for one in found if one.frame is not None and begin <= one.frame < end),
        frames=(begin, end),
        scenario=begin,
    )
