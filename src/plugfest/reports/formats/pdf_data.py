"""The data that the PDF template reads: the report, and values prepared for it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from plugfest.lab.verdict import Verdict
from plugfest.reports.drawings import charts, sequence_diagram
from plugfest.reports.drawings.text_extraction import ExtractedDrawing, extract_text
from plugfest.reports.evidence.frames import FrameLine, frame_lines, shown_frames
from plugfest.reports.model.report import CaseEntry, Document, FamilyReport, Report
from plugfest.reports.model.wording import counted, duration, outcome, outcome_of_family, statements

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


class CaseEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of a case. `diagram` is None if the case has no frames."""

    id: str
    name: str
    verdict: Verdict
    facts: str
    diagram: ExtractedDrawing | None
    sections: tuple[Section, ...]


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart of the whole run."""

    title: str
    caption: str
    drawing: ExtractedDrawing


class PrintedConnection(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a connection, or an attempt that failed."""

    time: str
    frame: int
    remote: str
    title: str
    reason: str


class PrintedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report without its frames: they are in the evidence. `durations` are by case id."""

    report: Report
    all_passed: bool
    outcome: str
    started: str
    duration: str
    durations: dict[str, str]
    connections: tuple[PrintedConnection, ...] = ()
    evidence: tuple[CaseEvidence, ...] = ()
    charts: tuple[Chart, ...] = ()


class PrintedFamily(msgspec.Struct, frozen=True, kw_only=True):
    """The first page of a family report."""

    title: str
    disclaimer: str
    statements: tuple[str, ...]
    all_passed: bool
    outcome: str


class PrintedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The document. The first report is that of the product, or of the family's representative product."""

    title: str
    date: dict[str, int]
    family: PrintedFamily | None
    reports: tuple[PrintedReport, ...]


def pdf_data(document: Document) -> PrintedDocument:
    """The data of a document for the PDF template."""
    if isinstance(document, FamilyReport):
        members = tuple(_without_evidence(member) for member in document.members)
        family = _family(document)
        return _document(document.representative, family.title, family=family, members=members)
    return _document(document, f"{document.product.vendor} {document.product.model}")


def _document(
    report: Report, name: str, *, family: PrintedFamily | None = None, members: tuple[PrintedReport, ...] = ()
) -> PrintedDocument:
    day = report.run.started_at
    return PrintedDocument(
        title=f"{name}: Plugfest self-test report",
        date={"year": day.year, "month": day.month, "day": day.day},
        family=family,
        reports=(_report(report), *members),
    )


def _family(family: FamilyReport) -> PrintedFamily:
    vendor = family.representative.product.vendor
    return PrintedFamily(
        title=family.title if family.title.startswith(vendor) else f"{vendor} {family.title}",
        disclaimer=family.disclaimer,
        statements=tuple(statements(family)),
        all_passed=family.all_passed,
        outcome=outcome_of_family(family),
    )


def _report(report: Report) -> PrintedReport:
    return msgspec.structs.replace(
        _without_evidence(report),
        evidence=tuple(_evidence(report, case) for case in report.cases if case.verdict is not Verdict.NOT_IMPLEMENTED),
        charts=tuple(_charts(report)),
        connections=tuple(_connections(report)),
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
    simulated = " The time is simulated." if report.run.clock == "simulated" else ""
    for title, caption, svg in (
        (
            "Response times",
            "Time from each request of the lab to the station's answer: one dot per answer, the bar is the median.",
            charts.response_times(report),
        ),
        (
            "Energy and power",
            f"Meter values of the station since the start of the run: one line per transaction.{simulated}",
            charts.energy_and_power(report),
        ),
    ):
        if svg:
            yield Chart(title=title, caption=caption, drawing=extract_text(svg))


def _without_evidence(report: Report) -> PrintedReport:
    """A report without evidence, as in a declaration."""
    return PrintedReport(
        report=msgspec.structs.replace(report, frames=(), connections=()),
        all_passed=report.all_passed,
        outcome=outcome(report),
        started=report.run.started_at.strftime("%Y-%m-%d %H:%M UTC"),
        duration=duration(report.run.duration_s),
        durations={case.id: duration(case.duration_s) for case in report.cases},
    )


def _evidence(report: Report, case: CaseEntry) -> CaseEvidence:
    lines = list(frame_lines(report.frames_of(case), case.frames[0]))
    facts = [case.profile, counted(case.checks, "check"), duration(case.duration_s), counted(len(lines), "frame")]
    if case.findings:
        facts.append(counted(len(case.findings), "finding"))
    return CaseEvidence(
        id=case.id,
        name=case.name,
        verdict=case.verdict,
        facts=" · ".join(facts),
        diagram=extract_text(sequence_diagram.diagram(report, case)) if lines else None,
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
