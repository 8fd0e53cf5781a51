"""Lab and station hold their memory, however long a campaign lasts."""

import gc
import tracemalloc
from pathlib import Path

from tests.rig.faults.long_campaign import run

from plugfest import clock

FIRST, LAST = 7, 13
MAX_GROWTH = 30_000
"""Bytes an hour, while what has a limit still grows to it. `benchmarks/test_memory.py` measures a week."""


def test_memory_does_not_grow_with_the_hours_of_a_campaign(tmp_path: Path) -> None:
    used: dict[int, int] = {}

    def measure(hour: int) -> None:
        if hour in (FIRST, LAST):
            gc.collect()
            used[hour] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        clock.run_simulated(run(LAST, tmp_path, measure))
    finally:
        tracemalloc.stop()
    assert (used[LAST] - used[FIRST]) / (LAST - FIRST) < MAX_GROWTH
