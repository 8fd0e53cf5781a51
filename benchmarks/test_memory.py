"""The memory of lab and station in a campaign of a week, over a network that fails every five minutes."""

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from tests.rig.faults.long_campaign import run

from plugfest import clock

DAY, WEEK = 24, 7 * 24

Figures = Callable[[str, float, float, str], None]


def test_a_week(tmp_path: Path, figure: Figures) -> None:
    used: dict[int, int] = {}

    def measure(hour: int) -> None:
        if hour in (DAY, WEEK):
            gc.collect()
            used[hour] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        results = clock.run_simulated(run(WEEK, tmp_path, measure))
    finally:
        tracemalloc.stop()
    assert len(results) == WEEK
    figure("the memory of a campaign of a week, growth after the first day", (used[WEEK] - used[DAY]) / 1e6, 1, "MB")
