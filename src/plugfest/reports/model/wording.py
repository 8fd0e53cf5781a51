"""What every form of a report says in the same words."""

from collections.abc import Iterator

from plugfest.lab.verdict import Verdict
from plugfest.reports.model.report import Document, FamilyReport, Report


def duration(seconds: float) -> str:
    """Seconds as a person says them: 0.2 s, 3.4 s, 2 min 05 s, 1 h 04 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def counted(number: int, one: str) -> str:
    """A number of things: 1 case, 2 cases."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def outcome(report: Report) -> str:
    """The result of a run in one line."""
    total = len(report.cases)
    picked = "picked " if report.run.narrowed else ""
    if report.all_passed:
        return f"The {picked}case passed." if total == 1 else f"All {total} {picked}cases passed."
    return f"{report.summary.get(Verdict.PASS, 0)} of {counted(total, f'{picked}case')} passed."


def outcome_of_family(family: FamilyReport) -> str:
    """The result of the runs of all of its products in one line."""
    passed = sum(one.all_passed for one in family.reports)
    picked = "picked " if family.representative.run.narrowed else ""
    return f"{passed} of {counted(len(family.reports), 'product')} passed all of their {picked}cases."


def statements(document: Document) -> Iterator[str]:
    """What has to be known of each product, once; with the names of those that it is about unless these are all."""
    reports = document.reports
    for statement in dict.fromkeys(statement for report in reports for statement in report.statements):
        about = [report.product.model for report in reports if statement in report.statements]
        yield statement if len(about) == len(reports) else f"{', '.join(about)}: {statement}"
