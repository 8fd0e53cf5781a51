"""The cases of a report as a table for spreadsheets: CSV as RFC 4180 has it, in UTF-8."""

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

FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
"""What makes a spreadsheet calculate a cell instead of showing it."""

Cell = str | int | float


def text(document: Document) -> str:
    """A row a case, the heads of the columns above them; those that do not apply stand last, with the reason."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for report in document.reports:
        product = report.product.slug
        table.writerows(_safe(product, *_case(one)) for one in report.cases)
        table.writerows(_safe(product, *_not_applicable(one)) for one in report.not_applicable)
    return written.getvalue()


def _case(case: CaseEntry) -> tuple[Cell, ...]:
    first = case.findings[0].line if case.findings else ""
    return case.id, case.name, case.profile, case.verdict, case.checks, case.duration_s, len(case.findings), first


def _not_applicable(case: NotApplicable) -> tuple[Cell, ...]:
    return case.id, case.name, case.profile, Verdict.NOT_APPLICABLE, 0, 0.0, 0, case.reason


def _safe(*cells: Cell) -> Iterator[Cell]:
    """The cells, with an apostrophe before what would be a formula."""
    for cell in cells:
        yield f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_BEGINS) else cell
