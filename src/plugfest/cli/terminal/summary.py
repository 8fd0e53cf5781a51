"""Verdicts and their counts as the terminal shows them."""

from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plugfest.lab.recording.performance import Measurement
from plugfest.lab.verdict import Verdict
from plugfest.reports.model.indicators import Indicator
from plugfest.reports.model.report import CaseEntry, FindingEntry, Report
from plugfest.reports.model.wording import duration

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.NOT_IMPLEMENTED: "magenta",
    Verdict.ERROR: "bold white on red",
}


def styled(verdict: Verdict, *, width: int = 0) -> Text:
    """A verdict in its colour, padded to a width."""
    return Text.assemble((verdict.value, STYLES[verdict]), " " * (width - len(verdict.value)))


def tally(verdicts: Mapping[Verdict, int]) -> Text:
    """How many cases have each verdict that occurs: `52 PASS, 1 FAIL`."""
    counts = [Text(f"{verdicts[verdict]} {verdict}", STYLES[verdict]) for verdict in Verdict if verdicts.get(verdict)]
    return Text(", ").join(counts)


PERFORMANCE_HEAD = ("Performance, in seconds", "Limit", "Least", "Most", "Average", "Measurements")


def performance_table(indicators: Sequence[Indicator]) -> Table:
    """One row an indicator; what is above the product's limit stands out."""
    rows = Table(*PERFORMANCE_HEAD, box=SIMPLE_HEAD, pad_edge=False)
    for column in rows.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for one in indicators:
        limit = "none given" if one.limit is None else f"{one.limit:g}"
        rows.add_row(one.title, limit, *_measured(one))
    return rows


def _measured(one: Indicator) -> Sequence[Text]:
    if not isinstance(one.measured, Measurement):
        return (Text(), Text(one.measured, "dim"))
    most = f"{one.measured.maximum:.3f}"
    return (
        Text(f"{one.measured.minimum:.3f}"),
        Text(f"{most}, above the limit", "bold red") if one.within_limit is False else Text(most),
        Text(f"{one.measured.average:.3f}"),
        Text(str(one.measured.count)),
    )


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
        console.print(performance_table(report.performance))
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
