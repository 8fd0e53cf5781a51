"""How EVSEs share what there is for all of them."""

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.model.smart_charging.sharing import share


def test_whoever_wants_little_leaves_the_rest_to_the_others() -> None:
    assert share(100, {1: 20, 2: 80, 3: 80}) == {1: 20, 2: 40, 3: 40}


def test_nobody_gets_more_than_he_wants() -> None:
    assert share(100, {1: 20, 2: 30}) == {1: 20, 2: 30}


@given(st.floats(0, 1e6), st.dictionaries(st.integers(1, 9), st.floats(0, 1e6)))
def test_all_together_get_no_more_than_there_is(total: float, wanted: dict[int, float]) -> None:
    shares = share(total, wanted)
    assert sum(shares.values()) <= total * (1 + 1e-9)
    assert all(0 <= shares[evse_id] <= power for evse_id, power in wanted.items())
    if shares and sum(wanted.values()) > total:
        assert sum(shares.values()) >= total * (1 - 1e-9)
