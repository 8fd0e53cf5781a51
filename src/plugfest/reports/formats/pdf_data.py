"""What the template of the PDF reads: the report, and beside it what typst does not work out by itself."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from plugfest.lab.verdict import Verdict
from plugfest.reports.drawings import charts, sequence_diagram
from plugfest.reports.drawings.text_extraction import Drawing, text_layout
from plugfest.reports.evidence.frames import Line, conversation, excerpt
from plugfest.reports.model.report import CaseEntry, Document, FamilyReport, Report
from plugfest.reports.model.wording import counted, duration, outcome, outcome_of_family, statements

LONGEST_PAYLOAD: Final = 1_000
"""Characters of a frame that are printed; the JSON form has all."""

LINE, INDENTED = 122, 114
"""As many characters of a frame as there is room for in a line, and in one that goes on."""


class PrintedFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame of the annex. `left_out` counts its characters that are not printed, `skipped` such frames before it."""

    skipped: int
    place: str
    kind: str
    payload: str
    left_out: int


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a case, or what stands before the first one, with the frames until the next."""

    title: str
    requirement: str = ""
    checks: int | None = None
    frames: tuple[PrintedFrame, ...] = ()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What shows how a case went; `diagram` is None where nothing was said."""

    id: str
    name: str
    verdict: Verdict
    facts: str
    diagram: Drawing | None
    sections: tuple[Section, ...]


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing about the whole run."""

    title: str
    caption: str
    drawing: Drawing


class PrintedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report without its frames, which are in the evidence."""

    report: Report
    all_passed: bool
    outcome: str
    started: str
    duration: str
    durations: dict[str, str]
    evidence: tuple[Evidence, ...] = ()
    charts: tuple[Chart, ...] = ()


class PrintedFamily(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a family as a whole."""

    title: str
    disclaimer: str
    statements: tuple[str, ...]
    all_passed: bool
    outcome: str


class PrintedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it. The first report is the product's own, or that of the family's representative."""

    title: str
    date: dict[str, int]
    family: PrintedFamily | None
    reports: tuple[PrintedReport, ...]


def printed(document: Document) -> PrintedDocument:
    """All that the template prints of a document."""
    if isinstance(document, FamilyReport):
        others = tuple(_declared(one) for one in document.members)
        family = _family(document)
        return _document(document.representative, family.title, family=family, others=others)
    return _document(document, f"{document.product.vendor} {document.product.model}")


def _document(
    report: Report, name: str, *, family: PrintedFamily | None = None, others: tuple[PrintedReport, ...] = ()
) -> PrintedDocument:
    day = report.run.started_at
    return PrintedDocument(
        title=f"{name}: Plugfest self-test report",
        date={"year": day.year, "month": day.month, "day": day.day},
        family=family,
        reports=(_report(report), *others),
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
        _declared(report),
        evidence=tuple(_evidence(report, one) for one in report.cases if one.verdict is not Verdict.NOT_IMPLEMENTED),
        charts=tuple(_charts(report)),
    )


def _charts(report: Report) -> Iterator[Chart]:
    metered = "What the station metered since the run began; a line is a transaction."
    simulated = " The time is simulated." if report.run.clock == "simulated" else ""
    answered = "How long the station took to answer each request of the lab: a dot an answer, a stroke the median."
    for title, caption, svg in (
        ("Response times", answered, charts.response_times(report)),
        ("Energy and power", metered + simulated, charts.energy_and_power(report)),
    ):
        if svg:
            yield Chart(title=title, caption=caption, drawing=text_layout(svg))


def _declared(report: Report) -> PrintedReport:
    """A report without evidence, as it stands in a declaration."""
    return PrintedReport(
        report=msgspec.structs.replace(report, frames=()),
        all_passed=report.all_passed,
        outcome=outcome(report),
        started=report.run.started_at.strftime("%Y-%m-%d %H:%M UTC"),
        duration=duration(report.run.duration_s),
        durations={one.id: duration(one.duration_s) for one in report.cases},
    )


def _evidence(report: Report, case: CaseEntry) -> Evidence:
    frames = list(conversation(report.frames_of(case), case.frames[0]))
    facts = [case.profile, counted(case.checks, "check"), duration(case.duration_s), counted(len(frames), "frame")]
    if case.findings:
        facts.append(counted(len(case.findings), "finding"))
    return Evidence(
        id=case.id,
        name=case.name,
        verdict=case.verdict,
        facts=" · ".join(facts),
        diagram=text_layout(sequence_diagram.diagram(report, case)) if frames else None,
        sections=tuple(_sections(case, list(_frames(case, frames)))),
    )


def _sections(case: CaseEntry, frames: Sequence[PrintedFrame | None]) -> Iterator[Section]:
    """The frames cut where a step begins. A rule that holds for several steps is named at the first."""
    begin, end = case.frames
    marks = [(begin, Section(title="Preparation")), *_marks(case), (end, Section(title=""))]
    rule = ""
    for (first, section), (behind, _) in pairwise(marks):
        inside = tuple(one for one in frames[first - begin : behind - begin] if one is not None)
        if inside or section.checks is not None:
            requirement = "" if section.requirement == rule else section.requirement
            rule = section.requirement or rule
            yield msgspec.structs.replace(section, requirement=requirement, frames=inside)


def _marks(case: CaseEntry) -> list[tuple[int, Section]]:
    """Where the scenario and each step begin, as indices into the report's frames that are within the case."""
    begin, end = case.frames
    marks = [] if case.scenario is None else [(case.scenario, Section(title="Scenario"))]
    marks += [
        (one.frame, Section(title=one.step or "Step", requirement=one.requirement, checks=one.checks))
        for one in case.steps
    ]
    return sorted(((min(max(frame, begin), end), section) for frame, section in marks), key=lambda mark: mark[0])


def _frames(case: CaseEntry, lines: Sequence[Line]) -> Iterator[PrintedFrame | None]:
    """Each frame of a case; None where a page does not show it either."""
    shown = excerpt(case)
    skipped = 0
    for line in lines:
        if line.index in shown:
            yield _frame(line, skipped)
            skipped = 0
        else:
            yield None
            skipped += 1


def _frame(line: Line, skipped: int) -> PrintedFrame:
    place = f"{line.index}  {line.after:.2f} s  {'station' if line.from_station else 'lab'}  "
    return PrintedFrame(
        skipped=skipped,
        place=place,
        kind=line.kind,
        payload=in_lines(f"  {line.payload[:LONGEST_PAYLOAD]}", LINE - len(place) - len(line.kind)),
        left_out=max(0, len(line.payload) - LONGEST_PAYLOAD),
    )


def in_lines(text: str, room: int) -> str:
    """The text with line feeds, so many characters behind its beginning and then where a line is full.

    A line ends behind a comma if there is one in its second half.
    """
    lines = []
    while len(text) > room:
        cut = text.rfind(",", room // 2, room) + 1 or max(room, 1)
        lines.append(text[:cut])
        text, room = text[cut:], INDENTED
    return "\n".join([*lines, text])
