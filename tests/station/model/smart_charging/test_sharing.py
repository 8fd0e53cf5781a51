"""How EVSEs share what there is for all of them."""

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.model.smart_charging.sharing import share


def test_whoever_wants_little_leaves_the_rest_to_the_others() -> None:
    assert share(100, {1: 20, 2: 80, 3: 80}) == {1: 20, 2: 40, 3: 40}


def test_nobody_gets_more_than_he_wants() -> None:
    assert share(100, {1: 20, 2: 30}) == {1: 20, 2: 30}


def test_who_would_get_too_little_waits_and_the_others_have_more() -> None:
    least = {1: 30, 2: 30, 3: 30}
    assert share(90, {1: 80, 2: 80, 3: 80}, least) == {1: 30, 2: 30, 3: 30}
    assert share(80, {1: 80, 2: 80, 3: 80}, least) == {1: 40, 2: 40, 3: 0}


def test_who_needs_more_gets_it_where_there_is_enough() -> None:
    assert share(70, {1: 80, 2: 80}, {1: 50, 2: 10}) == {1: 55, 2: 15}


def test_who_needs_most_waits_first() -> None:
    assert share(60, {1: 80, 2: 80, 3: 80}, {1: 50, 2: 20}) == {1: 0, 2: 40, 3: 20}


def test_a_least_rate_over_what_one_may_take_keeps_nobody_waiting() -> None:
    assert share(100, {1: 5, 2: 80}, {1: 10}) == {1: 5, 2: 80}


@given(st.floats(0, 1e6), st.dictionaries(st.integers(1, 9), st.floats(0, 1e6)))
def test_all_together_get_no_more_than_there_is(total: float, wanted: dict[int, float]) -> None:
    shares = share(total, wanted)
    assert sum(shares.values()) <= total * (1 + 1e-9)
    assert all(0 <= shares[evse_id] <= power for evse_id, power in wanted.items())
    if shares and sum(wanted.values()) > total:
        assert sum(shares.values()) >= total * (1 - 1e-9)


POWERS = st.dictionaries(st.integers(1, 9), st.floats(0, 1e6))


@given(st.floats(0, 1e6), POWERS, POWERS)
def test_everybody_gets_what_is_worth_while_or_nothing(
    total: float, wanted: dict[int, float], least: dict[int, float]
) -> None:
    shares = share(total, wanted, least)
    assert shares.keys() == wanted.keys()
    assert sum(shares.values()) <= total * (1 + 1e-9) + 1e-6
    for evse_id, power in shares.items():
        assert power == 0 or power >= min(least.get(evse_id, 0), wanted[evse_id]) - 1e-6
