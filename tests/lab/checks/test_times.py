"""Times that a station reports."""

from datetime import UTC, datetime, timedelta

import pytest

from plugfest.lab.checks.times import FIRST, LAST, moved

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "seconds", "expected"),
    [
        (NOON, 60, NOON + timedelta(minutes=1)),
        (FIRST, -1, FIRST),
        (LAST, 1, LAST),
        (LAST, -1, LAST - timedelta(seconds=1)),
    ],
)
def test_a_moment_is_moved_within_the_calendar(moment: datetime, seconds: int, expected: datetime) -> None:
    assert moved(moment, timedelta(seconds=seconds)) == expected
