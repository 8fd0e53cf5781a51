"""The histogram of durations."""

import math

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plugfest.fleet.histogram import SHORTEST, Histogram

durations = st.lists(st.floats(min_value=SHORTEST, max_value=1000), min_size=1, max_size=200)
shares = st.sampled_from([0.01, 0.5, 0.9, 0.95, 0.99, 1.0])


def histogram_of(seconds: list[float]) -> Histogram:
    histogram = Histogram()
    for each in seconds:
        histogram.add(each)
    return histogram


@given(durations, shares)
def test_a_quantile_is_close_to_the_duration_of_its_rank(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[math.ceil(share * len(seconds)) - 1]
    found = histogram_of(seconds).quantile(share)
    assert found is not None
    assert abs(found / exact - 1) < 0.023


@given(durations, durations)
def test_a_merged_histogram_is_that_of_all_durations(some: list[float], others: list[float]) -> None:
    merged = histogram_of(some)
    merged.merge(histogram_of(others))
    assert merged == histogram_of([*some, *others])


@given(durations, durations)
def test_what_came_since_an_earlier_state_has_its_own_counts(earlier: list[float], later: list[float]) -> None:
    since = histogram_of([*earlier, *later]).since(histogram_of(earlier))
    assert since.counts == histogram_of(later).counts
    assert max(later) <= since.longest * 1.0001


def test_a_histogram_without_durations_has_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None
    assert Histogram().since(Histogram()).longest == 0


def test_a_histogram_goes_through_json() -> None:
    histogram = histogram_of([0.001, 0.001, 2.5])
    assert msgspec.json.decode(msgspec.json.encode(histogram), type=Histogram) == histogram


def test_durations_of_nothing_count_as_the_shortest_one() -> None:
    assert histogram_of([0.0, -0.5]).counts == {0: 2}
