"""The cases of a report as CSV (RFC 4180, UTF-8) for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from plugfest.lab.verdict import Verdict
from plugfest.reports.model.report import CaseEntry, Document, NotApplicable

COLUMNS: Final = (
    "product",
    "id",
    "name",
    "profile",
    "verdict",
    "checks",
    "duration_s",
    "findings",
    "first_finding",
)

FORMULA_PREFIXES: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
"""A spreadsheet calculates a cell that begins with one of these."""

Cell = str | int | float


def text(document: Document) -> str:
    """A header and a row per case. Cases that do not apply come last in their product, with the reason."""
    output = io.StringIO()
    table = csv.writer(output)
    table.writerow(COLUMNS)
    for report in document.reports:
        product = report.product.slug
        table.writerows(safe_cells(product, *_case(case)) for case in report.cases)
        table.writerows(safe_cells(product, *_not_applicable(case)) for case in report.not_applicable)
    return output.getvalue()


def _case(case: CaseEntry) -> tuple[Cell, ...]:
    first = case.findings[0].line if case.findings else ""
    return case.id, case.name, case.profile, case.verdict, case.checks, case.duration_s, len(case.findings), first


def _not_applicable(case: NotApplicable) -> tuple[Cell, ...]:
    return case.id, case.name, case.profile, Verdict.NOT_APPLICABLE, 0, 0.0, 0, case.reason


def safe_cells(*cells: Cell) -> Iterator[Cell]:
    """The cells, with an apostrophe before a text that would be a formula."""
    for cell in cells:
        yield f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell
