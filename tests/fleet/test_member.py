"""When the stations of a fleet connect."""

import asyncio

import pytest

from plugfest.clock import run_simulated
from plugfest.fleet.member import CONNECTING_AT_ONCE, PLACE_SECONDS, StartSignal


async def most_at_once(stations: int, seconds: float, start: StartSignal | None = None) -> tuple[int, float]:
    """How many of so many stations connected at the same time, if each took so many seconds, and the time of all."""
    start, now, most = start or StartSignal(), 0, 0

    async def connect() -> None:
        nonlocal now, most
        async with start.place():
            now += 1
            most = max(most, now)
            await asyncio.sleep(seconds)
            now -= 1

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(connect() for _ in range(stations)))
    return most, asyncio.get_running_loop().time() - began


def test_so_many_stations_connect_at_once_and_the_others_wait() -> None:
    assert run_simulated(most_at_once(3 * CONNECTING_AT_ONCE, 0.5)) == (CONNECTING_AT_ONCE, 1.5)


def test_a_csms_that_does_not_answer_does_not_keep_the_others_waiting() -> None:
    most, seconds = run_simulated(most_at_once(3 * CONNECTING_AT_ONCE, 30.0))
    assert most == 3 * CONNECTING_AT_ONCE
    assert seconds == 30.0 + 2 * PLACE_SECONDS


def test_a_station_that_is_switched_off_leaves_its_place() -> None:
    async def main() -> tuple[int, float]:
        start = StartSignal()
        for _ in range(CONNECTING_AT_ONCE):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001), start.place():
                    await asyncio.sleep(30)
        return await most_at_once(CONNECTING_AT_ONCE, 0.5, start)

    assert run_simulated(main()) == (CONNECTING_AT_ONCE, 0.5)
