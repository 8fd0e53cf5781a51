"""The back-off: waits that double, plus a random part, up to a number of times."""

from itertools import islice, pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from plugfest.link.backoff import Backoff


def waits(count: int, minimum: float, spread: float, times: int, seed: int = 1) -> list[float]:
    random = Random(seed)
    return list(islice(Backoff(minimum, spread, times, lambda: random), count))


def test_without_a_random_part_the_wait_doubles_and_then_stays():
    assert waits(6, 10, 0, 3) == [10, 20, 40, 80, 80, 80]


def test_without_doublings_the_wait_is_always_the_minimum():
    assert waits(3, 10, 0, 0) == [10, 10, 10]


def test_a_seed_gives_the_same_waits_again():
    assert waits(8, 10, 5, 4, seed=7) == waits(8, 10, 5, 4, seed=7)


@given(minimum=st.integers(0, 600), spread=st.integers(0, 60), times=st.integers(0, 8), seed=st.integers(0, 1000))
def test_each_wait_is_twice_the_one_before_plus_at_most_the_random_range(minimum, spread, times, seed):
    got = waits(times + 3, minimum, spread, times, seed)
    assert minimum <= got[0] <= minimum + spread
    for before, after in pairwise(got[: times + 1]):
        assert 2 * before <= after <= 2 * before + spread
    assert got[times] == got[times + 1] == got[times + 2]
