"""Sharing of a station limit among EVSEs."""

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.model.smart_charging.sharing import share


def test_what_one_evse_does_not_request_goes_to_the_others() -> None:
    assert share(100, {1: 20, 2: 80, 3: 80}) == {1: 20, 2: 40, 3: 40}


def test_an_evse_gets_no_more_than_it_requests() -> None:
    assert share(100, {1: 20, 2: 30}) == {1: 20, 2: 30}


def test_an_evse_below_its_minimum_gets_nothing_and_the_others_get_more() -> None:
    minimum = {1: 30, 2: 30, 3: 30}
    assert share(90, {1: 80, 2: 80, 3: 80}, minimum) == {1: 30, 2: 30, 3: 30}
    assert share(80, {1: 80, 2: 80, 3: 80}, minimum) == {1: 40, 2: 40, 3: 0}


def test_an_evse_with_a_higher_minimum_gets_it_if_there_is_enough() -> None:
    assert share(70, {1: 80, 2: 80}, {1: 50, 2: 10}) == {1: 55, 2: 15}


def test_the_evse_with_the_highest_minimum_is_the_first_to_get_nothing() -> None:
    assert share(60, {1: 80, 2: 80, 3: 80}, {1: 50, 2: 20}) == {1: 0, 2: 40, 3: 20}


def test_a_minimum_above_the_request_is_reduced_to_the_request() -> None:
    assert share(100, {1: 5, 2: 80}, {1: 10}) == {1: 5, 2: 80}


@given(st.floats(0, 1e6), st.dictionaries(st.integers(1, 9), st.floats(0, 1e6)))
def test_all_shares_together_are_no_more_than_the_total(total: float, requested: dict[int, float]) -> None:
    shares = share(total, requested)
    assert sum(shares.values()) <= total * (1 + 1e-9)
    assert all(0 <= shares[evse_id] <= power for evse_id, power in requested.items())
    if shares and sum(requested.values()) > total:
        assert sum(shares.values()) >= total * (1 - 1e-9)


POWERS = st.dictionaries(st.integers(1, 9), st.floats(0, 1e6))


@given(st.floats(0, 1e6), POWERS, POWERS)
def test_every_evse_gets_at_least_its_minimum_or_nothing(
    total: float, requested: dict[int, float], minimum: dict[int, float]
) -> None:
    shares = share(total, requested, minimum)
    assert shares.keys() == requested.keys()
    assert sum(shares.values()) <= total * (1 + 1e-9) + 1e-6
    for evse_id, power in shares.items():
        assert power == 0 or power >= min(minimum.get(evse_id, 0), requested[evse_id]) - 1e-6


def test_a_higher_priority_gets_all_that_it_requests_first() -> None:
    assert share(100, {1: 60, 2: 60, 3: 60}, priority={2: 1}) == {1: 20, 2: 60, 3: 20}
    assert share(50, {1: 60, 2: 60}, priority={1: -1}) == {1: 0, 2: 50}
    assert share(50, {1: 60, 2: 60}, {1: 20, 2: 20}, priority={1: 9, 2: 9}) == {1: 25, 2: 25}


@given(st.floats(0, 1e6), POWERS, st.dictionaries(st.integers(1, 9), st.integers(-9, 9)))
def test_a_lower_priority_gets_something_only_when_the_higher_ones_have_all(
    total: float, requested: dict[int, float], priority: dict[int, int]
) -> None:
    shares = share(total, requested, priority=priority)
    assert shares.keys() == requested.keys()
    assert sum(shares.values()) <= total * (1 + 1e-9)
    for lower in shares:
        higher = [each for each in shares if priority.get(each, 0) > priority.get(lower, 0)]
        if shares[lower] > 1e-6:
            assert all(shares[each] >= requested[each] - 1e-3 for each in higher)
