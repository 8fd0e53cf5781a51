"""The data that the PDF template of the report reads: the report without its evidence, and values prepared for it."""

import hashlib

import msgspec

from plugfest.reports.formats import as_json
from plugfest.reports.model.report import Document, FamilyReport, Report
from plugfest.reports.model.wording import duration, outcome, outcome_of_family, statements


class PrintedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report without its evidence. `durations` are by case id."""

    report: Report
    all_passed: bool
    outcome: str
    started: str
    duration: str
    durations: dict[str, str]


class PrintedFamily(msgspec.Struct, frozen=True, kw_only=True):
    """The first page of a family report."""

    title: str
    disclaimer: str
    statements: tuple[str, ...]
    all_passed: bool
    outcome: str


class PrintedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The document. The first report is that of the product, or of the family's representative product.

    `digest` is the SHA-256 of the unsigned JSON, which all documents of the report have in common.
    """

    title: str
    date: dict[str, int]
    digest: str
    family: PrintedFamily | None
    reports: tuple[PrintedReport, ...]


def report_data(document: Document) -> PrintedDocument:
    """The data of a document for the template of the report."""
    day = document.reports[0].run.started_at
    return PrintedDocument(
        title=f"{_name(document)}: Plugfest self-test report",
        date={"year": day.year, "month": day.month, "day": day.day},
        digest=hashlib.sha256(as_json.text(document).encode()).hexdigest(),
        family=_family(document) if isinstance(document, FamilyReport) else None,
        reports=tuple(map(_report, document.reports)),
    )


def _name(document: Document) -> str:
    """The name of the product or of the family, with the vendor."""
    product = document.reports[0].product
    if not isinstance(document, FamilyReport):
        return f"{product.vendor} {product.model}"
    return document.title if document.title.startswith(product.vendor) else f"{product.vendor} {document.title}"


def _family(family: FamilyReport) -> PrintedFamily:
    return PrintedFamily(
        title=_name(family),
        disclaimer=family.disclaimer,
        statements=tuple(statements(family)),
        all_passed=family.all_passed,
        outcome=outcome_of_family(family),
    )


def _report(report: Report) -> PrintedReport:
    return PrintedReport(
        report=msgspec.structs.replace(report, frames=(), connections=()),
        all_passed=report.all_passed,
        outcome=outcome(report),
        started=report.run.started_at.strftime("%Y-%m-%d %H:%M UTC"),
        duration=duration(report.run.duration_s),
        durations={case.id: duration(case.duration_s) for case in report.cases},
    )
