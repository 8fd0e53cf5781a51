"""The list of the tests about reliability names tests that exist."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_listed_test_exists() -> None:
    listed = (ROOT / "tests/reliability.txt").read_text().splitlines()
    assert [each for each in listed if not (ROOT / each).exists()] == []
    assert len(listed) == len(set(listed))
