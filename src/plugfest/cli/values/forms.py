"""Reads the rows of a spreadsheet: .xlsx, or text with commas, semicolons or tabs."""

import csv
import io
import zipfile
from itertools import islice
from pathlib import Path
from typing import Final

from plugfest.lab.verdict import LabError
from plugfest.reports.files import read_bytes

_EXCEL: Final = ".xlsx"
_MOST_ROWS: Final = 5_000
_MOST_COLUMNS: Final = 50
_MOST_BYTES: Final = 50_000_000
"""Of a workbook when it is unpacked. The forms have some hundred rows; a workbook may pretend to have a million."""


class InvalidForm(LabError):
    """A file that is no spreadsheet, or one that cannot be read here."""


def read_rows(path: Path) -> list[list[str]]:
    """The cells of every row, of a workbook those of all its sheets. Raises NotReadable, InvalidForm."""
    data = read_bytes(path)
    if path.suffix.lower() == _EXCEL:
        return _workbook_rows(path, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidForm(f"{path} is not UTF-8 text: save the sheet as CSV in UTF-8") from None
    delimiter = max("\t;,", key=text.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidForm(f"{path} is not CSV: {error}") from None


def _workbook_rows(path: Path, data: bytes) -> list[list[str]]:
    try:
        import openpyxl
    except ImportError:
        raise InvalidForm(
            f"{path}: .xlsx needs openpyxl (pip install 'plugfest[xlsx]'); or save the sheet as CSV"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it is too large")
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [
            row[:_MOST_COLUMNS]
            for sheet in workbook.worksheets
            for row in islice(sheet.iter_rows(values_only=True), _MOST_ROWS)
        ]
    except Exception as error:  # of many kinds, from zipfile, XML and openpyxl
        raise InvalidForm(f"{path} is not a workbook: {error}") from None
    return [["" if cell is None else str(cell) for cell in row] for row in rows]
