"""Rows of spreadsheets."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from plugfest.cli.values.forms import InvalidForm, read_rows
from plugfest.reports.files import NotReadable


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_has_commas_semicolons_or_tabs(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "form.csv"
    path.write_text(f"ID{delimiter}Feature\nC-13{delimiter}Reset\n", encoding="utf-8-sig")
    assert read_rows(path) == [["ID", "Feature"], ["C-13", "Reset"]]


def test_a_workbook_has_the_rows_of_all_its_sheets(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["C-13", "Reset per EVSE", "No"])
    workbook.create_sheet().append(["ORS-1", None, 100])
    content = io.BytesIO()
    workbook.save(content)
    path = tmp_path / "form.xlsx"
    path.write_bytes(content.getvalue())
    assert read_rows(path) == [["C-13", "Reset per EVSE", "No"], ["ORS-1", "", "100"]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("form.xlsx", b"no workbook", "form.xlsx is not a workbook: "),
        ("form.csv", b"\xff\xfe\x00", "form.csv is not UTF-8 text: save the sheet as CSV in UTF-8"),
    ],
)
def test_another_file_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidForm, match=message) as refused:
        read_rows(path)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused_in_one_line() -> None:
    with pytest.raises(NotReadable, match=r"cannot read none\.csv"):
        read_rows(Path("none.csv"))


def test_a_workbook_that_would_be_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * 60_000_000)
    with pytest.raises(InvalidForm, match="it is too large"):
        read_rows(path)


def test_a_sheet_has_at_most_5000_rows(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.cell(200_000, 1, "far below")
    path = tmp_path / "form.xlsx"
    workbook.save(path)
    assert len(read_rows(path)) == 5000
