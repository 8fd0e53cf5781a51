"""The evidence of each case as the HTML page shows it: the sequence diagram and the frames."""

from collections.abc import Iterator
from typing import Final

import msgspec

from plugfest.lab.verdict import Level, Verdict
from plugfest.reports.drawings.sequence_diagram import diagram
from plugfest.reports.drawings.session_chart import session_chart
from plugfest.reports.evidence.charging_sessions import sessions_by_case
from plugfest.reports.evidence.frames import FrameLine, frame_lines, shown_frames
from plugfest.reports.evidence.payload import pretty
from plugfest.reports.model.report import CaseEntry, Report

MAX_PAYLOAD_LENGTH: Final = 1_500
"""Longer payloads are cut; the JSON has them in full."""


class ShownFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame on the page.

    `omitted_characters` counts the characters cut from its payload, `omitted_frames` the frames left out before it.
    `finding_level` is None if it has no finding.
    """

    line: FrameLine
    payload: str
    omitted_characters: int
    omitted_frames: int
    finding_level: Level | None


class SessionChart(msgspec.Struct, frozen=True, kw_only=True):
    """The chart of a charging session as SVG."""

    title: str
    drawing: str


class CaseEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """A case with its frames and its sequence diagram, which is empty if the case has no frames."""

    case: CaseEntry
    diagram: str
    sessions: tuple[SessionChart, ...]
    frames: tuple[ShownFrame, ...]


def evidence(report: Report) -> Iterator[CaseEvidence]:
    """The evidence of each case that was run, in the order of the run."""
    sessions = sessions_by_case(report)
    for case in report.cases:
        if case.verdict is not Verdict.NOT_IMPLEMENTED:
            begin, end = case.frames
            yield CaseEvidence(
                case=case,
                diagram=diagram(report, case) if begin < end else "",
                sessions=tuple(
                    SessionChart(title=one.title, drawing=session_chart(one)) for one in sessions.get(case.id, ())
                ),
                frames=tuple(_frames(report, case)),
            )


def _frames(report: Report, case: CaseEntry) -> Iterator[ShownFrame]:
    # Of several findings at a frame the one that affects the verdict is shown: it is sorted last.
    by_weight = sorted(case.findings, key=lambda finding: not finding.is_recommendation)
    levels = {finding.frame: finding.level for finding in by_weight}
    shown = shown_frames(case)
    last = case.frames[0] - 1
    for line in frame_lines(report.frames_of(case), case.frames[0]):
        if line.index not in shown:
            continue
        payload = pretty(line.payload)
        yield ShownFrame(
            line=line,
            payload=payload[:MAX_PAYLOAD_LENGTH],
            omitted_characters=max(0, len(payload) - MAX_PAYLOAD_LENGTH),
            omitted_frames=line.index - last - 1,
            finding_level=levels.get(line.index),
        )
        last = line.index
