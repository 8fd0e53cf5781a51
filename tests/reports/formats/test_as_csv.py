"""CSV: by RFC 4180, and without formulas."""

import csv
import io

import pytest
from tests.reports import campaigns

from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.reports.formats import as_csv
from plugfest.reports.model.report import Document, FamilyReport
from plugfest.reports.model.statements import DISCLAIMER


def rows(document: Document) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv.text(document), newline=""), strict=True))


def with_finding(text: str, name: str = "") -> list[dict[str, str]]:
    finding = Finding(requirement="", expected="", actual=text)
    case = CaseResult(id="TC_E_09_CS", name=name, profile="Core", verdict=Verdict.FAIL, findings=(finding,))
    return rows(campaigns.report(of=(case,)))


def test_a_row_is_a_case() -> None:
    assert list(rows(campaigns.report())[1].values()) == [
        campaigns.PRODUCT,
        "TC_E_09_CS",
        "Name of TC_E_09_CS",
        "Core",
        "FAIL",
        "12",
        "2.5",
        "1",
        "E01.FR.07: expected seqNo 0; actual seqNo 1, and the text <b>bold</b> (step 3)",
    ]


def test_a_case_that_does_not_apply_has_its_reason() -> None:
    last = rows(campaigns.report())[-1]
    assert (last["id"], last["verdict"]) == ("TC_H_01_CS", "NOT APPLICABLE")
    assert last["first_finding"] == "not applicable: R-0 is No"


def test_a_family_has_the_rows_of_each_member() -> None:
    one = campaigns.report()
    family = FamilyReport(disclaimer=DISCLAIMER, name="f", title="F", representative=one, members=(one, one))
    assert len(rows(family)) == 3 * len(rows(one))


def test_every_line_ends_by_rfc_4180_and_has_every_cell() -> None:
    text = as_csv.text(campaigns.report())
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n")
    assert {len(line) for line in csv.reader(io.StringIO(text, newline=""))} == {len(as_csv.COLUMNS)}


def test_quotes_and_line_ends_are_kept() -> None:
    (row, _) = with_finding('a "b",\r\nc')
    assert row["first_finding"] == 'expected ; actual a "b",\r\nc'


@pytest.mark.parametrize("begin", as_csv.FORMULA_PREFIXES)
def test_no_cell_is_a_formula(begin: str) -> None:
    (row, _) = with_finding("", name=f"{begin}HYPERLINK(1)")
    assert row["name"] == f"'{begin}HYPERLINK(1)"


def test_numbers_stay_numbers() -> None:
    assert {row["checks"].isdigit() for row in rows(campaigns.report())} == {True}
