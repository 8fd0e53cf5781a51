"""Numbers that a station reports."""

import math

import pytest

from plugfest.lab.checks.numbers import integer, number, power_of_ten


@pytest.mark.parametrize(("text", "expected"), [("10", 10.0), ("-1.5", -1.5), ("1e3", 1000.0)])
def test_a_number_has_its_value(text: str, expected: float) -> None:
    assert number(text) == expected


@pytest.mark.parametrize("text", ["", "ten", "1,5", "NaN", "inf", "0x10"])
def test_another_text_is_no_number(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(("text", "expected"), [("10", 10), ("-5", -5), ("007", 7)])
def test_an_integer_has_its_value(text: str, expected: int) -> None:
    assert integer(text) == expected


@pytest.mark.parametrize("text", ["", "-", "--5", "+5", "1.0", "1_0", "\u0665", "ten"])
def test_another_text_is_no_integer(text: str) -> None:
    assert integer(text) is None


@pytest.mark.parametrize(
    ("exponent", "power"), [(3, 1000.0), (-2, 0.01), (309, math.inf), (2**64, math.inf), (-(2**64), 0.0)]
)
def test_every_integer_has_a_power_of_ten(exponent: int, power: float) -> None:
    assert power_of_ten(exponent) == power
