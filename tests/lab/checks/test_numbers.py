"""Numbers that a station reports as text."""

import pytest

from plugfest.lab.checks.numbers import number


@pytest.mark.parametrize(("text", "expected"), [("10", 10.0), ("-1.5", -1.5), ("1e3", 1000.0)])
def test_a_number_has_its_value(text: str, expected: float) -> None:
    assert number(text) == expected


@pytest.mark.parametrize("text", ["", "ten", "1,5", "NaN", "inf", "0x10"])
def test_another_text_is_no_number(text: str) -> None:
    assert number(text) is None
