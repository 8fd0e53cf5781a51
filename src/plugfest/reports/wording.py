"""What every form of a report says in the same words."""

from collections.abc import Iterator

from plugfest.reports.model import Document, Report


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
    if report.all_passed:
        return "The case passed." if total == 1 else f"All {total} cases passed."
    return f"{report.summary.get('PASS', 0)} of {counted(total, 'case')} passed."


def statements(document: Document) -> Iterator[str]:
    """What has to be known of each product, once; with the names of those that it is about unless these are all."""
    reports = document.reports
    for statement in dict.fromkeys(statement for report in reports for statement in report.statements):
        about = [report.product.model for report in reports if statement in report.statements]
        yield statement if len(about) == len(reports) else f"{', '.join(about)}: {statement}"
