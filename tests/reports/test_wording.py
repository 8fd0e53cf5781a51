import pytest

from plugfest.reports.wording import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (3.42, "3.4 s"),
        (59.97, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.6, "1 h 00 min"),
        (7421, "2 h 03 min"),
    ],
)
def test_seconds_in_a_person_s_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
