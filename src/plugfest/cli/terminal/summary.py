"""The summary of a campaign on the terminal: cases that did not pass, performance, and one line for the whole."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plugfest.lab.recording.performance import Measurement
from plugfest.lab.verdict import Verdict
from plugfest.reports.model.indicators import Indicator
from plugfest.reports.model.report import CaseEntry, FindingEntry, Report
from plugfest.reports.model.wording import counted, duration

STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.NOT_IMPLEMENTED: "magenta",
    Verdict.ERROR: "bold white on red",
}

PERFORMANCE_COLUMNS: Final = ("Performance, in seconds", "Limit", "Minimum", "Maximum", "Average", "Measurements")

MAX_CELL_LENGTH: Final = 400
"""Longer values are cut; the report has them in full."""


def show(console: Console, report: Report, *, printed: str = "") -> None:
    """Print the cases with findings, the cases that are not implemented, the performance and the summary line.

    `printed`: the reason of a finding before the first case that is printed elsewhere.
    """
    not_passed = [case for case in report.cases if case.verdict not in (Verdict.PASS, Verdict.NOT_IMPLEMENTED)]
    cases = [*not_passed, *report.with_recommendations]
    before = [finding for finding in report.run.findings if finding.actual != printed]
    if cases or before:
        console.print(_table(before, cases))
    not_implemented = report.with_verdict(Verdict.NOT_IMPLEMENTED)
    if not_implemented:
        console.print(Text(f"Not implemented in this version of the lab ({len(not_implemented)}):", "magenta"))
        console.print(Padding(Text(" ".join(case.id for case in not_implemented)), (0, 0, 1, 2)))
    if report.run.clock == "real" and report.cases:
        console.print(performance_table(report.performance))
    console.print(summary_line(report), soft_wrap=True)


def summary_line(report: Report) -> Text:
    """`179 cases: 178 PASS, 1 FAIL; 1 recommendation not followed; 2 h 03 min simulated time; random order, seed 7`."""
    counts = tally({Verdict(name): count for name, count in report.summary.items()})
    number = report.recommendation_count
    recommendations = f"; {counted(number, 'recommendation')} not followed" if number else ""
    time = f"; {duration(report.run.duration_s)} {report.run.clock} time"
    order = "" if report.run.shuffle is None else f"; random order, seed {report.run.shuffle}"
    if not report.cases:
        return Text.assemble(("No case was run", "bold"), time)
    return Text.assemble((f"{counted(len(report.cases), 'case')}: ", "bold"), counts, recommendations, time, order)


def styled(verdict: Verdict, *, width: int = 0) -> Text:
    """A verdict in its colour, padded to a width."""
    return Text.assemble((verdict.value, STYLES[verdict]), " " * (width - len(verdict.value)))


def tally(verdicts: Mapping[Verdict, int]) -> Text:
    """The number of cases by verdict: `52 PASS, 1 FAIL`."""
    counts = [Text(f"{verdicts[verdict]} {verdict}", STYLES[verdict]) for verdict in Verdict if verdicts.get(verdict)]
    return Text(", ").join(counts)


def performance_table(indicators: Sequence[Indicator]) -> Table:
    """A row per performance indicator, with a maximum above the limit in red."""
    table = Table(*PERFORMANCE_COLUMNS, box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for indicator in indicators:
        limit = "none" if indicator.limit is None else f"{indicator.limit:g}"
        table.add_row(indicator.title, limit, *_measured(indicator))
    return table


def _measured(indicator: Indicator) -> Sequence[Text]:
    measured = indicator.measured
    if not isinstance(measured, Measurement):
        return (Text(), Text(measured, "dim"))
    maximum = Text(f"{measured.maximum:.3f}")
    if indicator.within_limit is False:
        maximum = Text(f"{maximum}, above the limit", "bold red")
    return Text(f"{measured.minimum:.3f}"), maximum, Text(f"{measured.average:.3f}"), Text(str(measured.count))


def _table(before: Sequence[FindingEntry], cases: Sequence[CaseEntry]) -> Table:
    table = Table("Case", "Requirement", "Expected", "Actual", box=SIMPLE_HEAD, pad_edge=False, expand=True)
    table.columns[0].no_wrap = True
    for ratio, column in zip((0, 2, 5, 5), table.columns, strict=True):
        column.ratio = ratio or None
        column.overflow = "fold"
    sections = [(_label(case), case.findings) for case in cases]
    if before:
        sections.insert(0, (Text("before the\nfirst case", "bold"), tuple(before)))
    for label, findings in sections:
        for row in _rows(label, findings):
            table.add_row(*row)
        table.add_section()
    return table


def _label(case: CaseEntry) -> Text:
    return Text.assemble((case.id, "bold"), "\n", styled(case.verdict))


def _rows(label: Text, findings: Sequence[FindingEntry]) -> Iterator[tuple[Text, Text, Text, Text]]:
    if not findings:
        yield label, Text(), Text(), Text("no finding", "dim")
    for number, finding in enumerate(findings):
        yield label if number == 0 else Text(), _requirement(finding), Text(finding.expected), _actual(finding)


def _requirement(finding: FindingEntry) -> Text:
    return Text.assemble(finding.requirement, ("\nrecommendation", "dim") if finding.is_recommendation else "")


def _actual(finding: FindingEntry) -> Text:
    actual = finding.actual
    if len(actual) > MAX_CELL_LENGTH:
        actual = actual[:MAX_CELL_LENGTH] + " …"
    where = ", ".join(filter(None, (finding.step, "" if finding.frame is None else f"frame {finding.frame}")))
    contradictions = "".join(f"\n{one}" for one in finding.contradictions)
    return Text.assemble(actual, (f"\n{where}" if where else "", "dim"), (contradictions, "yellow"))
