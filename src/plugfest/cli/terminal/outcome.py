"""What a person reads when a campaign has ended: what did not pass and why, how fast it was, one line for all."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plugfest.cli.terminal import performance
from plugfest.cli.terminal.verdicts import styled, tally
from plugfest.lab.verdict import Verdict
from plugfest.reports.model.model import CaseEntry, FindingEntry, Report
from plugfest.reports.model.wording import duration

LONGEST_CELL = 400
"""Characters of a value shown here; the report has all of them."""


def show(console: Console, report: Report) -> None:
    """Print what did not pass or was only recommended, what has no code yet, how fast the station was, the summary."""
    failed = [one for one in report.cases if one.verdict not in (Verdict.PASS, Verdict.NOT_IMPLEMENTED)]
    told = [*failed, *report.remarked]
    if told:
        console.print(_table(told))
    unwritten = report.with_verdict(Verdict.NOT_IMPLEMENTED)
    if unwritten:
        console.print(Text(f"Not implemented in this lab yet ({len(unwritten)}):", "magenta"))
        console.print(Padding(Text(" ".join(one.id for one in unwritten)), (0, 0, 1, 2)))
    if report.run.clock == "real":
        console.print(performance.table(report.performance))
    console.print(summary_line(report), soft_wrap=True)


def summary_line(report: Report) -> Text:
    """`179 cases: 178 PASS, 1 FAIL; 1 recommendation not followed; 2 h 03 min of simulated time; order of seed 7`."""
    cases = "1 case" if len(report.cases) == 1 else f"{len(report.cases)} cases"
    counts = tally({Verdict(name): count for name, count in report.summary.items()})
    time = "simulated time" if report.run.clock == "simulated" else "real time"
    order = "" if report.run.shuffle is None else f"; order of seed {report.run.shuffle}"
    return Text.assemble(
        (f"{cases}: ", "bold"), counts, _remarks(report), f"; {duration(report.run.duration_s)} of {time}{order}"
    )


def _remarks(report: Report) -> str:
    number = report.recommendations
    return f"; {number} {'recommendation' if number == 1 else 'recommendations'} not followed" if number else ""


def _table(told: list[CaseEntry]) -> Table:
    table = Table("Case", "Requirement", "Expected", "Actual", box=SIMPLE_HEAD, pad_edge=False, expand=True)
    table.columns[0].no_wrap = True
    for ratio, column in zip((0, 2, 5, 5), table.columns, strict=True):
        column.ratio = ratio or None
        column.overflow = "fold"
    for case in told:
        for row in _rows(case):
            table.add_row(*row)
        table.add_section()
    return table


def _rows(case: CaseEntry) -> Iterator[tuple[Text, Text, Text, Text]]:
    label = Text.assemble((case.id, "bold"), "\n", styled(case.verdict))
    if not case.findings:
        yield label, Text(), Text(), Text("no finding", "dim")
    for number, finding in enumerate(case.findings):
        yield label if number == 0 else Text(), _rule(finding), Text(finding.expected), _actual(finding)


def _rule(finding: FindingEntry) -> Text:
    return Text.assemble(finding.requirement, ("\nrecommendation", "dim") if finding.recommended else "")


def _actual(finding: FindingEntry) -> Text:
    actual = finding.actual
    if len(actual) > LONGEST_CELL:
        actual = actual[:LONGEST_CELL] + " …"
    where = ", ".join(filter(None, (finding.step, "" if finding.frame is None else f"frame {finding.frame}")))
    return Text.assemble(actual, (f"\n{where}" if where else "", "dim"))
