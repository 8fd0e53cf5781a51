"""What shows how a case went, for a page: its drawing, its steps, its frames."""

from collections.abc import Iterator

import msgspec

from plugfest.lab.verdict import Level, Verdict
from plugfest.reports.drawings.sequence_diagram import diagram
from plugfest.reports.evidence.frames import Line, conversation, excerpt
from plugfest.reports.evidence.payload import pretty
from plugfest.reports.model.report import CaseEntry, Report

LONGEST_PAYLOAD = 1_500
"""Characters of a frame that a page shows; the JSON form has all."""


class ShownFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame as a page shows it. `left_out` counts the characters that are not shown.

    `skipped` counts the frames before it that are not shown. `found` is how a finding there weighs, None where there
    is none.
    """

    line: Line
    payload: str
    left_out: int
    skipped: int
    found: Level | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A case with its frames and its drawing, SVG, which is empty where nothing went over the cable."""

    case: CaseEntry
    drawing: str
    frames: tuple[ShownFrame, ...]


def evidence(report: Report) -> Iterator[Evidence]:
    """The evidence of each case that was run, in the order of the run."""
    for case in report.cases:
        if case.verdict is not Verdict.NOT_IMPLEMENTED:
            begin, end = case.frames
            yield Evidence(
                case=case,
                drawing=diagram(report, case) if begin < end else "",
                frames=tuple(_frames(report, case)),
            )


def _frames(report: Report, case: CaseEntry) -> Iterator[ShownFrame]:
    # What decides the verdict comes last, and so is what is shown of a frame with several findings.
    found = {one.frame: one.level for one in sorted(case.findings, key=lambda one: not one.recommended)}
    shown = excerpt(case)
    last = case.frames[0] - 1
    for line in conversation(report.frames_of(case), case.frames[0]):
        if line.index not in shown:
            continue
        payload = pretty(line.payload)
        yield ShownFrame(
            line=line,
            payload=payload[:LONGEST_PAYLOAD],
            left_out=max(0, len(payload) - LONGEST_PAYLOAD),
            skipped=line.index - last - 1,
            found=found.get(line.index),
        )
        last = line.index
