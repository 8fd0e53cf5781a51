"""Valid and invalid values of variables (B05.FR.07, B05.FR.08)."""

import pytest

from plugfest.station.device_model.values import Problem, canonical, members, problem
from plugfest.station.device_model.variables import Characteristics, DataType

SECONDS = Characteristics(DataType.INTEGER, minimum=1, maximum=100)
COLOURS = Characteristics(DataType.MEMBER_LIST, values=("red", "green", "blue"))


@pytest.mark.parametrize("value", ["1", "100"])
def test_an_integer_within_its_range(value: str) -> None:
    assert problem(value, SECONDS) is None


@pytest.mark.parametrize("value", ["0", "101", "-5", "1.0", "1e1", "", " 1", "abc", "true", "٣", "1\n", "+7", "007"])
def test_not_an_integer_or_out_of_range(value: str) -> None:
    assert problem(value, SECONDS)


@pytest.mark.parametrize(("value", "valid"), [("0", True), ("29", False), ("30", True), ("101", False), ("-1", False)])
def test_0_turns_an_interval_off_whatever_its_minimum(value: str, valid: bool) -> None:
    interval = Characteristics(DataType.INTEGER, minimum=30, maximum=100, zero_is_off=True)
    assert (problem(value, interval) is None) is valid


@pytest.mark.parametrize(("value", "valid"), [("1.5", True), ("-2", True), ("1.", False), (".5", False)])
def test_decimals(value: str, valid: bool) -> None:
    assert (problem(value, Characteristics(DataType.DECIMAL)) is None) is valid


@pytest.mark.parametrize(("value", "valid"), [("true", True), ("False", True), ("1", False), ("yes", False)])
def test_booleans(value: str, valid: bool) -> None:
    assert (problem(value, Characteristics(DataType.BOOLEAN)) is None) is valid


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("2030-01-01T00:00:00Z", True),
        ("2030-01-01T00:00:00.123+01:00", True),
        ("2030-01-01", False),
        ("2030-01-01 00:00:00", False),
        ("300", False),
        ("abc", False),
    ],
)
def test_dates_and_times(value: str, valid: bool) -> None:
    assert (problem(value, Characteristics(DataType.DATE_TIME)) is None) is valid


def test_a_string_has_a_minimum_and_a_maximum_length() -> None:
    password = Characteristics(DataType.STRING, minimum=16, maximum=40)
    assert problem("x" * 15, password) == Problem("shorter than 16 characters")
    assert problem("x" * 41, password) == Problem("longer than 40 characters")
    assert problem("x" * 16, password) is None


@pytest.mark.parametrize("value", ["red", "blue,red", "red, green", ""])
def test_a_list_of_members(value: str) -> None:
    assert problem(value, COLOURS) is None


@pytest.mark.parametrize("value", ["yellow", "red,red", "Red", "red;green"])
def test_a_list_with_unknown_or_repeated_members(value: str) -> None:
    assert problem(value, COLOURS)


def test_an_option_list_takes_exactly_one_member() -> None:
    option = Characteristics(DataType.OPTION_LIST, values=("LRU", "FIFO"))
    assert problem("LRU", option) is None
    assert problem("LRU,FIFO", option)
    assert problem("", option)


def test_values_have_one_stored_format() -> None:
    assert canonical(" red , blue", COLOURS) == "red,blue"
    assert canonical("TRUE", Characteristics(DataType.BOOLEAN)) == "true"
    assert canonical("2.50", Characteristics(DataType.DECIMAL)) == "2.50"
    assert members("a, b,,c") == ("a", "b", "c")
