"""The data that the PDF template of the evidence reads: what each case has shown, frame by frame."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from plugfest.lab.verdict import Verdict
from plugfest.reports.drawings.response_times import response_times
from plugfest.reports.drawings.sequence_diagram import diagram
from plugfest.reports.drawings.session_chart import session_chart
from plugfest.reports.drawings.text_extraction import ExtractedDrawing, extract_text
from plugfest.reports.evidence.charging_sessions import ChargingSession, sessions_by_case
from plugfest.reports.evidence.frames import FrameLine, frame_lines, shown_frames
from plugfest.reports.formats.pdf_data import PrintedDocument, report_data
from plugfest.reports.model.report import CaseEntry, Document, FindingEntry, Report
from plugfest.reports.model.wording import METER_VALUES, RESPONSE_TIMES, counted, duration

MAX_PAYLOAD_LENGTH: Final = 1_000
"""Longer payloads are cut; the JSON has them in full."""

LINE_LENGTH, INDENTED_LINE_LENGTH = 122, 114
"""Characters that fit on the first line of a frame, and on the others."""


class PrintedFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame of the evidence. `prefix` is its index, time and sender.

    `omitted_characters` counts the characters cut from its payload, `omitted_frames` the frames left out before it.
    """

    omitted_frames: int
    prefix: str
    kind: str
    payload: str
    omitted_characters: int


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a case, or what precedes the first step, with its frames."""

    title: str
    requirement: str = ""
    checks: int | None = None
    frames: tuple[PrintedFrame, ...] = ()


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart with its caption."""

    title: str
    caption: str
    drawing: ExtractedDrawing


class CaseEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of a case. `diagram` is None if the case has no frames. `sessions` are charts."""

    id: str
    name: str
    verdict: Verdict
    facts: str
    findings: tuple[FindingEntry, ...]
    diagram: ExtractedDrawing | None
    sessions: tuple[Chart, ...]
    sections: tuple[Section, ...]


class PrintedConnection(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a connection, or an attempt that failed."""

    time: str
    frame: int
    remote: str
    title: str
    reason: str


class PrintedEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The second document of a report. `document` is the first one, for the title page.

    In a family it is the evidence of the representative product.
    """

    title: str
    document: PrintedDocument
    connections: tuple[PrintedConnection, ...] = ()
    cases: tuple[CaseEvidence, ...] = ()
    charts: tuple[Chart, ...] = ()


def evidence_data(document: Document) -> PrintedEvidence:
    """The data of a document for the template of the evidence."""
    report = document.reports[0]
    printed = report_data(document)
    sessions = sessions_by_case(report)
    return PrintedEvidence(
        title=f"{printed.title}, evidence",
        document=msgspec.structs.replace(printed, reports=printed.reports[:1]),
        connections=tuple(_connections(report)),
        cases=tuple(
            _evidence(report, case, sessions.get(case.id, ()))
            for case in report.cases
            if case.verdict is not Verdict.NOT_IMPLEMENTED
        ),
        charts=tuple(_charts(report)),
    )


def _connections(report: Report) -> Iterator[PrintedConnection]:
    for one in report.connections:
        yield PrintedConnection(
            time=f"{one.at:.2f} s",
            frame=one.frame,
            remote=one.remote,
            title=f"{one.title}, by the lab" if one.by_lab else one.title,
            reason=one.reason,
        )


def _charts(report: Report) -> Iterator[Chart]:
    """The charts of the whole run."""
    if svg := response_times(report):
        yield Chart(title="Response times", caption=RESPONSE_TIMES, drawing=extract_text(svg))


def _session(session: ChargingSession) -> Chart:
    return Chart(title=session.title, caption=METER_VALUES, drawing=extract_text(session_chart(session)))


def _evidence(report: Report, case: CaseEntry, sessions: Sequence[ChargingSession]) -> CaseEvidence:
    lines = list(frame_lines(report.frames_of(case), case.frames[0]))
    facts = [case.profile, counted(case.checks, "check"), duration(case.duration_s), counted(len(lines), "frame")]
    if case.findings:
        facts.append(counted(len(case.findings), "finding"))
    return CaseEvidence(
        id=case.id,
        name=case.name,
        verdict=case.verdict,
        facts=" · ".join(facts),
        findings=case.findings,
        diagram=extract_text(diagram(report, case)) if lines else None,
        sessions=tuple(map(_session, sessions)),
        sections=tuple(_sections(case, list(_frames(case, lines)))),
    )


def _sections(case: CaseEntry, frames: Sequence[PrintedFrame | None]) -> Iterator[Section]:
    """The frames by step. The requirements of consecutive steps are named once while they stay the same."""
    begin, end = case.frames
    starts = [(begin, Section(title="Preparation")), *_section_starts(case), (end, Section(title=""))]
    last_requirement = ""
    for (start, section), (next_start, _) in pairwise(starts):
        shown = tuple(frame for frame in frames[start - begin : next_start - begin] if frame is not None)
        if shown or section.checks is not None:
            requirement = "" if section.requirement == last_requirement else section.requirement
            last_requirement = section.requirement or last_requirement
            yield msgspec.structs.replace(section, requirement=requirement, frames=shown)


def _section_starts(case: CaseEntry) -> list[tuple[int, Section]]:
    """The scenario and the steps with the index of their first frame, limited to the frames of the case."""
    begin, end = case.frames
    starts = [] if case.scenario is None else [(case.scenario, Section(title="Scenario"))]
    starts += [
        (step.frame, Section(title=step.step or "Step", requirement=step.requirement, checks=step.checks))
        for step in case.steps
    ]
    return sorted(((min(max(frame, begin), end), section) for frame, section in starts), key=lambda start: start[0])


def _frames(case: CaseEntry, lines: Sequence[FrameLine]) -> Iterator[PrintedFrame | None]:
    """Each frame of a case; None for a frame that is not shown."""
    shown = shown_frames(case)
    omitted = 0
    for line in lines:
        if line.index in shown:
            yield _frame(line, omitted)
            omitted = 0
        else:
            yield None
            omitted += 1


def _frame(line: FrameLine, omitted_frames: int) -> PrintedFrame:
    prefix = f"{line.index}  {line.after:.2f} s  {'station' if line.from_station else 'lab'}  "
    first_length = LINE_LENGTH - len(prefix) - len(line.kind)
    return PrintedFrame(
        omitted_frames=omitted_frames,
        prefix=prefix,
        kind=line.kind,
        payload=wrapped_payload(f"  {line.payload[:MAX_PAYLOAD_LENGTH]}", first_length),
        omitted_characters=max(0, len(line.payload) - MAX_PAYLOAD_LENGTH),
    )


def wrapped_payload(text: str, first_length: int) -> str:
    """The text in lines of at most `first_length` and then `INDENTED_LINE_LENGTH` characters.

    A line ends after a comma if there is one in its second half.
    """
    lines = []
    length = first_length
    while len(text) > length:
        cut = text.rfind(",", length // 2, length) + 1 or max(length, 1)
        lines.append(text[:cut])
        text, length = text[cut:], INDENTED_LINE_LENGTH
    return "\n".join([*lines, text])
