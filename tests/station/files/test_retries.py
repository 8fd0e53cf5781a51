"""How often a transfer is tried again: as the CSMS says, or as the station does by itself."""

import pytest

from plugfest.station.files.retries import OWN_RETRIES, OWN_RETRY_INTERVAL, Retries, retries_of


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        ((3, 7), Retries(3, 7)),
        ((0, 0), Retries(0, 0)),
        ((None, 7), Retries(OWN_RETRIES, 7)),
        ((3, None), Retries(3, OWN_RETRY_INTERVAL)),
        ((-1, -5), Retries(0, 0)),
    ],
)
def test_the_csms_decides_where_it_says_something(asked: tuple[int | None, int | None], done: Retries) -> None:
    assert retries_of(*asked) == done
