"""The samples of a charging session."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.control.samples import Sample
from plugfest.web.stations.session_history import MAX_SAMPLES, SessionHistory


def measured(register: float) -> Sample:
    return Sample(
        at=0, power=1000, offered=2000, currents=(4.3,), voltages=(230,), state_of_charge=None, energy=register
    )


def observe(history: SessionHistory, seconds: range, *, connected: bool) -> None:
    for second in seconds:
        history.observe(float(second), measured(100.0 + second), connected=connected)


def test_a_session_begins_with_the_ev_and_ends_with_it() -> None:
    history = SessionHistory()
    observe(history, range(10), connected=False)
    assert history.samples == []
    observe(history, range(10, 15), connected=True)
    observe(history, range(15, 30), connected=False)
    assert [each.at for each in history.samples] == [0, 1, 2, 3, 4, 5]
    assert [each.energy for each in history.samples] == [0, 1, 2, 3, 4, 5]


def test_the_next_session_begins_anew() -> None:
    history = SessionHistory()
    observe(history, range(5), connected=True)
    observe(history, range(5, 7), connected=False)
    observe(history, range(7, 9), connected=True)
    assert [(each.at, each.energy) for each in history.samples] == [(0, 0), (1, 1)]


@given(st.integers(1, 5000))
def test_a_session_of_any_length_has_a_bounded_number_of_samples_at_even_intervals(seconds: int) -> None:
    history = SessionHistory()
    observe(history, range(seconds), connected=True)
    times = [each.at for each in history.samples]
    assert len(times) <= MAX_SAMPLES
    assert times[0] == 0
    assert len({after - before for before, after in pairwise(times)}) <= 2
    assert seconds - 1 - times[-1] <= 2 * (times[1] if len(times) > 1 else 1)
