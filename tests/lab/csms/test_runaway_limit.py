"""The limits for time and frames end a block; a station with many frames within the limit is not stopped."""

import asyncio

import pytest

from plugfest.clock import run_simulated
from plugfest.lab.csms.runaway_limit import (
    BURST,
    BURST_BYTES,
    MAX_BYTE_RATE,
    MAX_DURATION,
    MAX_RATE,
    RunawayLimit,
    RunawayStation,
)
from plugfest.lab.v201.cases.c_authorization.c12_cached_id_refused_by_the_csms import MAX_OBSERVATION
from plugfest.link.attempt import Attempt


class Line:
    """A connection on which the station sends, until the lab disconnects."""

    def __init__(self) -> None:
        self.hung_up = 0
        self.bounds = RunawayLimit(self._hang_up)

    def _hang_up(self) -> None:
        self.hung_up += 1

    def talk(self, times: int) -> None:
        for _ in range(times):
            self.bounds.count()


def test_a_burst_is_allowed() -> None:
    async def main() -> None:
        line = Line()
        async with line.bounds.enforced():
            line.talk(BURST)
            await asyncio.sleep(0)
        assert line.hung_up == 0

    run_simulated(main())


def test_more_than_a_burst_is_stopped_at_once_and_disconnected_once() -> None:
    async def listen(line: Line) -> None:
        async with line.bounds.enforced():
            line.talk(BURST + 1)
            await asyncio.sleep(0)
            raise AssertionError("it goes on")

    async def main() -> None:
        line = Line()
        with pytest.raises(RunawayStation, match=f"^{BURST + 1} frames and connection attempts within 0.0 s"):
            await listen(line)
        assert line.hung_up == 1

    run_simulated(main())


def test_frames_at_the_allowed_rate_may_come_for_hours() -> None:
    async def main() -> None:
        line = Line()
        async with line.bounds.enforced():
            for _ in range(3600):
                line.talk(int(MAX_RATE))
                await asyncio.sleep(1)
        assert line.hung_up == 0

    run_simulated(main())


def test_each_block_has_its_own_count_and_frames_outside_are_not_counted() -> None:
    async def main() -> None:
        line = Line()
        for _ in range(3):
            line.talk(BURST * 2)
            async with line.bounds.enforced():
                line.talk(BURST)
                await asyncio.sleep(0)
        assert line.hung_up == 0

    run_simulated(main())


def test_a_block_ends_after_two_hours() -> None:
    async def main() -> None:
        with pytest.raises(RunawayStation, match=f"^not finished within {MAX_DURATION:g} s$"):
            async with Line().bounds.enforced():
                await asyncio.sleep(MAX_DURATION + 1)

    run_simulated(main())


def test_another_timeout_in_the_block_is_raised_unchanged() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with Line().bounds.enforced():
                raise TimeoutError

    run_simulated(main())


def test_in_real_time_clients_that_are_not_the_station_are_not_limited() -> None:
    async def main() -> None:
        line = Line()
        async with line.bounds.enforced():
            for _ in range(10 * BURST):
                line.bounds.count_attempt(Attempt(remote="192.0.2.1:1", at=0.0, failure="scan"), is_station=False)
            await asyncio.sleep(0)
        assert line.hung_up == 0

    asyncio.run(main())


def test_the_longest_observation_of_a_case_ends_before_the_limit() -> None:
    assert MAX_OBSERVATION < MAX_DURATION


def test_many_bytes_are_stopped_in_few_frames() -> None:
    async def listen(line: Line) -> None:
        async with line.bounds.enforced():
            for _ in range(5):
                line.bounds.count(BURST_BYTES // 4)
            await asyncio.sleep(0)
            raise AssertionError("it goes on")

    async def main() -> None:
        line = Line()
        with pytest.raises(RunawayStation, match=f"^{5 * BURST_BYTES // 4} bytes in 5 frames within 0.0 s"):
            await listen(line)
        assert line.hung_up == 1

    run_simulated(main())


def test_many_bytes_may_come_in_hours() -> None:
    async def main() -> None:
        line = Line()
        async with line.bounds.enforced():
            for _ in range(3600):
                line.bounds.count(int(MAX_BYTE_RATE))
                await asyncio.sleep(1)
        assert line.hung_up == 0

    run_simulated(main())
