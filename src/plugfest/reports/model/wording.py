"""Wording that all formats of a report share."""

from collections.abc import Iterator
from typing import Final

from plugfest.lab.verdict import Verdict
from plugfest.reports.model.report import Document, FamilyReport, Report

METER_VALUES: Final = "Meter values of the station by the time since the first one. Energy counts from the start."
RESPONSE_TIMES: Final = (
    "Time from each request of the lab to the station's answer: one dot per answer, the bar is the median."
)


def duration(seconds: float) -> str:
    """A duration for people: 0.2 s, 3.4 s, 2 min 05 s, 1 h 04 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 case, 2 cases."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def outcome(report: Report) -> str:
    """The result of a run in one line."""
    total = len(report.cases)
    selected = "selected " if report.run.partial else ""
    if not total:
        return "No case was run."
    if report.all_passed:
        return f"The {selected}case passed." if total == 1 else f"All {total} {selected}cases passed."
    return f"{report.summary.get(Verdict.PASS, 0)} of {counted(total, f'{selected}case')} passed."


def outcome_of_family(family: FamilyReport) -> str:
    """The results of all products of a family in one line."""
    passed = sum(report.all_passed for report in family.reports)
    selected = "selected " if family.representative.run.partial else ""
    return f"{passed} of {counted(len(family.reports), 'product')} passed all of their {selected}cases."


def statements(document: Document) -> Iterator[str]:
    """Each statement of a document once; in a family, with the models that it is about unless it is about all."""
    reports = document.reports
    for statement in dict.fromkeys(statement for report in reports for statement in report.statements):
        models = [report.product.model for report in reports if statement in report.statements]
        yield statement if len(models) == len(reports) else f"{', '.join(models)}: {statement}"
