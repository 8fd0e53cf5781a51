"""The time between two heartbeats after the boot."""

import pytest

from plugfest.lab.v16.cases.core.cold_boot import HEARTBEAT_INTERVAL, is_heartbeat_interval


@pytest.mark.parametrize(
    ("seconds", "others", "accepted"),
    [
        (HEARTBEAT_INTERVAL, False, True),
        (HEARTBEAT_INTERVAL + 4, False, True),
        (HEARTBEAT_INTERVAL - 5, False, False),
        (HEARTBEAT_INTERVAL - 5, True, False),
        (HEARTBEAT_INTERVAL + 5, False, False),
        (2 * HEARTBEAT_INTERVAL, False, False),
        (2 * HEARTBEAT_INTERVAL, True, True),
        (2 * HEARTBEAT_INTERVAL + 5, True, False),
    ],
)
def test_a_heartbeat_is_skipped_only_after_another_request(seconds: float, others: bool, accepted: bool) -> None:
    assert is_heartbeat_interval(seconds, others=others, tolerance=4.0) is accepted
