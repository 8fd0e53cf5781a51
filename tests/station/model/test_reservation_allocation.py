"""Which EVSEs the reservations without a certain EVSE need."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.model.reservation_allocation import is_needed, served

NEEDS = st.lists(st.frozensets(st.integers(1, 5), max_size=4).map(sorted), max_size=5)


def most_served(needs: list[list[int]]) -> int:
    """How many reservations can be served, by trying every assignment of EVSEs."""
    evse_ids: list[int | None] = [*{each for need in needs for each in need}, *(None for _ in needs)]
    assignments = set(permutations(evse_ids, len(needs)))
    return max(sum(evse_id in need for evse_id, need in zip(each, needs, strict=True)) for each in assignments)


@given(NEEDS)
def test_as_many_reservations_as_possible_are_served(needs: list[list[int]]) -> None:
    small = needs[:3]
    assert sum(served(small)) == most_served(small)


@given(NEEDS)
def test_a_reservation_is_served_whatever_is_reserved_later(needs: list[list[int]]) -> None:
    for count in range(len(needs)):
        assert served(needs)[:count] == served(needs[:count])


@given(NEEDS, st.integers(1, 5))
def test_an_evse_that_is_not_needed_can_be_given_away(needs: list[list[int]], evse_id: int) -> None:
    without = [[each for each in need if each != evse_id] for need in needs]
    assert is_needed(evse_id, needs) == (sum(served(without)) < sum(served(needs)))


@given(NEEDS)
def test_another_reservation_is_possible_where_an_evse_is_not_needed(needs: list[list[int]]) -> None:
    for evse_id in {each for need in needs for each in need}:
        more = [*needs, [evse_id]]
        assert (sum(served(more)) > sum(served(needs))) == (not is_needed(evse_id, needs))


def test_as_many_reservations_as_evses_need_them_all() -> None:
    assert is_needed(1, [[1, 2], [1, 2]])
    assert is_needed(2, [[1, 2], [1, 2]])  # H01.FR.20
    assert not is_needed(1, [[1, 2]])


def test_the_only_evse_with_a_connector_type_is_needed() -> None:
    needs = [[1, 2, 3], [3]]
    assert is_needed(3, needs)  # H01.FR.24
    assert not is_needed(1, needs)
