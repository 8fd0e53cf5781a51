"""The order of connection attempts and the delays between them."""

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


def test_after_a_start_the_first_attempt_is_immediate() -> None:
    assert first(3, [1]) == [(0, 1), (10, 1), (20, 1)]


def test_after_a_loss_every_attempt_is_delayed() -> None:
    assert first(3, [1], at_once=False) == [(10, 1), (20, 1), (40, 1)]


def test_each_slot_gets_its_number_of_attempts() -> None:
    assert first(4, [2, 1]) == [(0, 2), (10, 2), (10, 1), (20, 1)]


def test_after_the_last_slot_the_sequence_begins_again() -> None:
    assert first(6, [2, 1])[4:] == [(10, 2), (20, 2)]


def test_with_a_fallback_only_that_slot_is_tried_afterwards() -> None:
    assert first(8, [2, 1], fallback=1)[4:] == [(10, 1), (20, 1), (40, 1), (80, 1)]


def test_without_a_slot_it_is_an_error() -> None:
    with pytest.raises(ValueError, match="no network profile"):
        first(1, [])
