"""What the lab waits for, as a run keeps it."""

import asyncio
from datetime import timedelta

from plugfest import clock
from plugfest.lab import events
from plugfest.runs.waits import PERIOD, LabWaits, LastingWaits


def test_a_wait_that_lasts_is_kept_with_its_end_and_so_is_that_it_is_over() -> None:
    async def scenario() -> None:
        kept: list[LabWaits] = []
        waits, began = LastingWaits(kept.append), clock.utc_now()
        waits.on_event(events.WaitBegan("StatusNotificationRequest", 30))
        await asyncio.sleep(2 * PERIOD)
        waits.on_event(events.WaitEnded())
        await asyncio.sleep(2 * PERIOD)
        assert kept == [
            LabWaits(awaited="StatusNotificationRequest", until=began + timedelta(seconds=30)),
            LabWaits(),
        ]

    clock.run_simulated(scenario())


def test_a_wait_that_ends_at_once_is_not_kept() -> None:
    async def scenario() -> None:
        kept: list[LabWaits] = []
        waits = LastingWaits(kept.append)
        waits.on_event(events.WaitBegan("StatusNotificationRequest", 30))
        await asyncio.sleep(PERIOD / 2)
        waits.on_event(events.WaitEnded())
        await asyncio.sleep(2 * PERIOD)
        assert kept == []

    clock.run_simulated(scenario())


def test_a_wait_within_another_one_is_kept_and_then_the_outer_one_again() -> None:
    async def scenario() -> None:
        kept: list[LabWaits] = []
        waits = LastingWaits(kept.append)
        for event in (events.WaitBegan("outer", 30), events.WaitBegan("inner", 5), events.WaitEnded()):
            waits.on_event(event)
            await asyncio.sleep(2 * PERIOD)
        waits.close()
        assert [one.awaited for one in kept] == ["outer", "inner", "outer"]

    clock.run_simulated(scenario())
