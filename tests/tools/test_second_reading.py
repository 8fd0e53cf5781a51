"""The files of the second reading are complete, and say why an item is not judged as its text has it."""

import pytest
from tools.second_reading import FOLDERS, Rating, Reading, page, readings

from plugfest.lab.selection import cases

ROWS = [(version, row) for version in FOLDERS for rows in readings(version).values() for row in rows]


def _rows(version: str) -> list[Reading]:
    return [row for of, row in ROWS if of == version]


@pytest.mark.parametrize("version", FOLDERS)
def test_every_case_that_was_read_exists(version: str) -> None:
    read = {row.subject for row in _rows(version) if row.subject.startswith("TC_")}
    assert read <= set(cases(version))


def test_every_rating_but_full_has_a_reason() -> None:
    assert [row for _, row in ROWS if row.rating is not Rating.FULL and not row.reason] == []


@pytest.mark.parametrize("version", FOLDERS)
def test_no_item_is_rated_twice(version: str) -> None:
    items = [(row.subject, row.item) for row in _rows(version)]
    assert sorted(items) == sorted(set(items))


def test_the_page_lists_every_item_that_is_not_full() -> None:
    text = page()
    assert all(f"| {row.item} | {row.rating} |" in text for _, row in ROWS if row.rating is not Rating.FULL)
