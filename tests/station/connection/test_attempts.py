"""In which order and after which waits a station tries to connect."""

from collections.abc import Iterator
from itertools import count, islice

import pytest

from plugfest.station.connection.attempts import connection_attempts


def doubling() -> Iterator[float]:
    return (10.0 * 2**n for n in count())


def first(number: int, slots: list[int], **how: object) -> list[tuple[float, int]]:
    settings = {"per_slot": 2, "fallback": None, "at_once": True} | how
    found = connection_attempts(slots, new_backoff=doubling, **settings)  # type: ignore[arg-type]
    return [tuple(attempt) for attempt in islice(found, number)]  # type: ignore[misc]


def test_after_a_start_the_first_attempt_does_not_wait() -> None:
    assert first(3, [1]) == [(0, 1), (10, 1), (20, 1)]


def test_after_a_loss_every_attempt_waits() -> None:
    assert first(3, [1], at_once=False) == [(10, 1), (20, 1), (40, 1)]


def test_each_slot_gets_its_number_of_attempts() -> None:
    assert first(4, [2, 1]) == [(0, 2), (10, 2), (10, 1), (20, 1)]


def test_then_all_slots_come_again() -> None:
    assert first(6, [2, 1])[4:] == [(10, 2), (20, 2)]


def test_or_the_one_that_worked_last_for_good() -> None:
    assert first(8, [2, 1], fallback=1)[4:] == [(10, 1), (20, 1), (40, 1), (80, 1)]


def test_without_any_slot_there_is_nothing_to_try() -> None:
    with pytest.raises(ValueError, match="no network profile"):
        first(1, [])
