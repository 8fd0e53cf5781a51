"""Durations, times of day and numbers of scenarios."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.scenarios.values import (
    Exponential,
    Fixed,
    Normal,
    OneOfValues,
    Uniform,
    duration,
    duration_text,
    number,
    time_of_day,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90 s", Fixed(90.0)),
        ("90s", Fixed(90.0)),
        ("8 h 30 min", Fixed(30600.0)),
        ("1 d", Fixed(86400.0)),
        ("0.5 s", Fixed(0.5)),
        ("5 min to 1 h", Uniform(300.0, 3600.0)),
        ("exponential 12 min", Exponential(720.0)),
        ("normal 1 h 10 min, 10 min", Normal(4200.0, 600.0)),
        ("one of 3 s, 1 min", OneOfValues((3.0, 60.0))),
    ],
)
def test_a_duration_is_fixed_or_has_a_distribution(text: str, value: object) -> None:
    assert duration(text) == value


@pytest.mark.parametrize(
    "text", ["", "soon", "5", "5 m", "1 h to", "2 h to 1 h", "normal 1 h", "exponential 0 s", "-1 s"]
)
def test_what_is_no_duration_is_refused_with_what_is_right(text: str) -> None:
    with pytest.raises(ValueError, match="8 h 30 min"):
        duration(text)


def test_a_time_of_day_is_in_seconds_and_deviates_by_a_duration() -> None:
    assert time_of_day("07:30") == Fixed(27000.0)
    assert time_of_day("normal 07:30, 20 min") == Normal(27000.0, 1200.0)
    assert time_of_day("07:00 to 09:00") == Uniform(25200.0, 32400.0)
    for wrong in ("7:30", "24:00", "07:60", "20 min"):
        with pytest.raises(ValueError, match="07:30"):
            time_of_day(wrong)


def test_a_number_has_no_unit() -> None:
    assert number("20 to 80") == Uniform(20.0, 80.0)
    assert number("-5.5") == Fixed(-5.5)
    with pytest.raises(ValueError, match="a number"):
        number("20 s")


@given(st.integers(0, 2**32), st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_normal_distribution_is_cut_off_at_zero_and_two_deviations(seed: int, mean: float, deviation: float) -> None:
    drawn = Normal(mean, deviation).draw(Random(seed))
    assert max(0.0, mean - 2 * deviation) <= drawn <= mean + 2 * deviation


@given(st.integers(0, 2**32))
def test_a_drawn_value_is_in_its_range(seed: int) -> None:
    assert 300 <= duration("5 min to 10 min").draw(Random(seed)) <= 600
    assert duration("one of 3 s, 1 min").draw(Random(seed)) in (3, 60)
    assert duration("exponential 1 h").draw(Random(seed)) >= 0


def test_the_mean_of_exponential_intervals_is_the_one_that_is_given() -> None:
    random, distribution = Random(1), duration("exponential 10 min")
    assert sum(distribution.draw(random) for _ in range(5000)) / 5000 == pytest.approx(600, rel=0.05)


@given(st.floats(0, 500_000))
def test_the_text_of_a_duration_is_read_as_the_same_duration(seconds: float) -> None:
    read = duration(duration_text(seconds)).draw(Random())
    assert read == pytest.approx(seconds, abs=0.06 if seconds < 3600 else 0.6)
